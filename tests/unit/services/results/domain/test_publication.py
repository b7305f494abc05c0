"""What becomes public, and what a correction may touch (R6, C3, D6)."""

from __future__ import annotations

from datetime import date

import pytest

from services.results.domain.content import Outcome
from services.results.domain.corrections import (
    Change,
    CorrectionChangesNothing,
    ListingAddedByCorrection,
    corrected_content,
)
from services.results.domain.publication import PublicContent, public_content
from services.results.storage.public_contents import read_public_content, write_public_content
from tests.builders.results import a_content, a_listing, an_assignment, an_entity, an_item, the_vocabularies

ASSIGNMENT = an_assignment()
FIRST, SECOND = ASSIGNMENT.item_ids
OUTCOMES = the_vocabularies().outcomes
SECRET = "当事人王某拒绝出示"


def public(**changes: object) -> PublicContent:
    found = public_content(a_content(ASSIGNMENT, **changes), an_entity(), date(2026, 4, 7), OUTCOMES)
    assert found is not None
    return found


def test_the_outcomes_of_all_items_are_told_once_in_the_tables_order() -> None:
    body = public(items=(an_item(FIRST, "B", "A"), an_item(SECOND, "A")))
    assert body.outcome_codes == ("A", "B")
    assert [item.outcome_codes for item in body.items] == [("B", "A"), ("A",)]


def test_the_free_text_of_a_finding_stays_inside() -> None:
    """No natural person's name leaves in an event (architecture, rule 1)."""
    body = public(items=(an_item(FIRST, "B", text=SECRET),))
    assert SECRET not in str(body)
    assert [(found.outcome_text, found.severity) for found in body.findings] == [("未按规定公示应当公示的信息", 2)]


@pytest.mark.parametrize(("outcome", "code"), [(Outcome.CLOSED, "7"), (Outcome.MOVED, "12"), (Outcome.NOT_FOUND, "6")])
def test_a_visit_that_met_nobody_is_public_under_the_code_of_its_rule(outcome: Outcome, code: str) -> None:
    """D6."""
    body = public(outcome=outcome, items=(), note="门已封")
    assert (body.outcome, body.outcome_codes, body.findings) == (outcome.value, (code,), ())


def test_without_a_conclusion_there_is_nothing_to_publish() -> None:
    content = a_content(ASSIGNMENT, concluded_on=None)
    assert public_content(content, an_entity(), None, OUTCOMES) is None


def test_the_public_part_is_kept_and_read_back_the_same() -> None:
    body = public(items=(an_item(FIRST, "B"),), listing=a_listing(ends_on=date(2029, 3, 10)))
    assert read_public_content(write_public_content(body)) == body
    assert read_public_content(write_public_content(None)) is None


def test_a_correction_may_alter_or_drop_the_listing_and_leaves_the_rest() -> None:
    """R6: a corrected result whose listing is dropped lifts the flags in credit."""
    before = a_content(ASSIGNMENT, items=(an_item(FIRST, "B"), an_item(SECOND, "1")), listing=a_listing())
    dropped = corrected_content(before, Change(items=None, touches_listing=True, listing=None))
    assert (dropped.listing, dropped.items) == (None, before.items)
    altered = corrected_content(before, Change(None, True, a_listing(document_no="孟市监列〔2026〕4号")))
    assert altered.listing is not None
    assert altered.listing.document_no == "孟市监列〔2026〕4号"
    items = (an_item(FIRST, "A"), an_item(SECOND, "1"))
    other = corrected_content(before, Change(items, False, None))
    assert (other.items, other.listing) == (items, before.listing)


def test_a_correction_does_not_bring_a_new_listing() -> None:
    """R7, C3: that is a major decision with its own review."""
    before = a_content(ASSIGNMENT, items=(an_item(FIRST, "B"), an_item(SECOND, "1")))
    with pytest.raises(ListingAddedByCorrection):
        corrected_content(before, Change(None, True, a_listing()))


def test_a_correction_that_changes_nothing_is_refused() -> None:
    before = a_content(ASSIGNMENT, listing=a_listing())
    for change in (Change(None, False, None), Change(before.items, True, before.listing)):
        with pytest.raises(CorrectionChangesNothing):
            corrected_content(before, change)
