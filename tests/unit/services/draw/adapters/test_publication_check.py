"""The check of a pool of any size says what its definition says (section 6: an operator MUST run it)."""

from __future__ import annotations

import pytest

from services.draw.adapters.publication_check import PublicationCheck, ToBePublished
from services.draw.domain.audit import PrivateObject, PrivateRecords
from services.draw.domain.build import check_before_publication, draft, list_rows
from services.draw.domain.errors import Refusal
from services.draw.domain.log import PublicLog
from tests.builders.draw_ceremony import Ceremony, a_ceremony, terms_of


def by_definition(ceremony: Ceremony, text: str, private: PrivateRecords) -> str | None:
    try:
        check_before_publication(text, ceremony.pool, ceremony.roster, ceremony.recusals, private)
    except Refusal as refusal:
        return refusal.code
    return None


def piece_by_piece(ceremony: Ceremony, text: str, private: PrivateRecords, size: int) -> str | None:
    objects = sorted(private.objects, key=lambda item: item.line.split("\t")[0])
    try:
        check = PublicationCheck(
            ToBePublished(
                text,
                ceremony.pool,
                list_rows(ceremony.roster),
                list_rows(ceremony.recusals),
                private.blind_key,
                private.inspectors,
            )
        )
        for start in range(0, len(objects), size):
            check.take(objects[start : start + size])
        check.end()
    except Refusal as refusal:
        return refusal.code
    return None


def spoiled(private: PrivateRecords, how: str) -> PrivateRecords:
    first, *rest = private.objects
    objects: dict[str, list[PrivateObject]] = {
        "twice": [first, first, *rest],
        "lacking": rest,
        "moved": [PrivateObject(first.line, ()), *rest],
        "foreign": [PrivateObject(first.line, ("nowhere",)), *rest],
        "renamed": [PrivateObject(f"{first.line}x", first.strata), *rest],
        "unassigned": [PrivateObject(f"{first.line}\u0378", first.strata), *rest],
        "columns": [PrivateObject(f"{first.line}\tx", first.strata), *rest],
    }
    inspectors = {
        "officer": private.inspectors[1:],
        "officers": (private.inspectors[0], *private.inspectors),
    }
    return PrivateRecords(
        bytes(32) if how == "key" else private.blind_key,
        tuple(objects.get(how, private.objects)),
        inspectors.get(how, private.inspectors),
    )


HOW = ("", "key", "twice", "lacking", "moved", "foreign", "renamed", "columns", "officer", "officers")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("seed", range(8))
def test_piece_by_piece_as_by_definition(seed: int, how: str) -> None:
    """REL18."""
    ceremony = a_ceremony(seed)
    text = draft(PublicLog(), ceremony.suite, ceremony.draw_id, terms_of(ceremony), ceremony.time())
    whole = PrivateRecords(ceremony.blind_key, ceremony.objects, tuple(ceremony.inspector_lines))
    private = spoiled(whole, how)
    expected = by_definition(ceremony, text, private)
    assert (expected is None) == (how == "" or private == whole)
    assert {piece_by_piece(ceremony, text, private, size) for size in (1, 7, 10_000)} == {expected}


def test_a_character_that_unicode_has_not_assigned_is_found_in_any_record() -> None:
    ceremony = a_ceremony(1)
    text = draft(PublicLog(), ceremony.suite, ceremony.draw_id, terms_of(ceremony), ceremony.time())
    whole = PrivateRecords(ceremony.blind_key, ceremony.objects, tuple(ceremony.inspector_lines))
    assert piece_by_piece(ceremony, text, spoiled(whole, "unassigned"), 5) == "TEXT"


def test_records_that_do_not_come_in_order_are_not_taken() -> None:
    ceremony = a_ceremony(3)
    text = draft(PublicLog(), ceremony.suite, ceremony.draw_id, terms_of(ceremony), ceremony.time())
    roster, recusals = list_rows(ceremony.roster), list_rows(ceremony.recusals)
    wanted = ToBePublished(text, ceremony.pool, roster, recusals, ceremony.blind_key, ceremony.inspector_lines)
    objects = sorted(ceremony.objects, key=lambda item: item.line.split("\t")[0], reverse=True)
    with pytest.raises(Refusal) as refused:
        PublicationCheck(wanted).take(objects)
    assert refused.value.code == "RECORD"
