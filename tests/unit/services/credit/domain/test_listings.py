"""Entries of lists and their flags refuse what their state does not allow (C3, C4)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from services.credit.domain.listings import FlagClosed, Listing, ListingClosed, raised_by
from tests.builders.credit import INSPECTED_ON, PUBLISHED_AT, RULES, a_decision

FIRM = UUID(int=1)
LATER = INSPECTED_ON + timedelta(days=60)


def a_listing() -> Listing:
    return Listing(UUID(int=7), FIRM, a_decision(), PUBLISHED_AT)


def test_an_entry_removed_cannot_be_removed_again_but_can_be_annulled() -> None:
    removed = a_listing().removed(LATER, "已恢复联系", PUBLISHED_AT)
    with pytest.raises(ListingClosed, match="已移出"):
        removed.removed(LATER, "再次移出", PUBLISHED_AT)
    annulled = removed.annulled(LATER, "认定有误", PUBLISHED_AT)
    assert (annulled.version, annulled.in_force_from) == (3, None)
    with pytest.raises(ListingClosed, match="已撤销"):
        annulled.annulled(LATER, "再次撤销", PUBLISHED_AT)


def test_an_annulled_entry_holds_on_no_day_and_a_removed_one_until_the_day_before() -> None:
    removed = a_listing().removed(LATER, "已恢复联系", PUBLISHED_AT)
    annulled = a_listing().annulled(LATER, "认定有误", PUBLISHED_AT)
    assert [removed.is_on(INSPECTED_ON), removed.is_on(LATER - timedelta(days=1)), removed.is_on(LATER)] == [
        True,
        True,
        False,
    ]
    assert not annulled.is_on(INSPECTED_ON)


def test_a_flag_follows_its_entry_and_only_a_closed_one() -> None:
    listing = a_listing()
    flag = raised_by(listing, RULES.measures.measures[0])
    with pytest.raises(FlagClosed):
        flag.following(listing)
    lifted = flag.following(listing.removed(LATER, "已恢复联系", PUBLISHED_AT))
    assert (lifted.state.value, lifted.lifted_on, lifted.reason) == ("lifted", LATER, "已恢复联系")
    annulled = lifted.following(listing.annulled(LATER, "认定有误", PUBLISHED_AT))
    assert [lifted.is_on(INSPECTED_ON), lifted.is_on(LATER), annulled.is_on(INSPECTED_ON)] == [True, False, False]
    with pytest.raises(FlagClosed):
        annulled.following(listing.annulled(LATER, "认定有误", PUBLISHED_AT))
