"""Rows of the registry become records, tokens and a roster (D1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.draw.domain.audit import PrivateObject
from services.draw.domain.build import make_pool
from services.draw.domain.drawing_plan import COLUMNS, STRATUM_IDS
from services.draw.domain.freezing import (
    Freezer,
    NothingToDraw,
    SnapshotInspector,
    SnapshotObject,
    inspector_record,
    make_strata,
    months_touched,
    object_record,
    regions_of,
)
from services.draw.domain.lists import read_roster
from services.draw.domain.primitives import SHA256
from services.draw.domain.records import INSPECTOR_COLUMNS, Blinder, record_fields, region_of
from shared.values.ids import new_id

BLINDER = Blinder(SHA256, "抽-1", b"\7" * 32)
OFFICER = SnapshotInspector(
    new_id(), "王一", "scjg", "16030800001", date(2028, 1, 1), ("410308",), ("食品安全",), "active"
)


def an_object(credit_class: str = "A", ground: str | None = None, uscc: str | None = None) -> SnapshotObject:
    return SnapshotObject(new_id(), "宏远\t有限公司", uscc, "410308005", credit_class, ground)


def test_a_record_has_its_columns_whatever_the_registry_holds() -> None:
    found = an_object(ground="revoked")
    record = object_record(found)
    assert record_fields(record, len(COLUMNS)) == [str(found.entity_id), "宏远 有限公司", "", "410308005", "revoked"]
    assert region_of(COLUMNS, record) == "410308005"
    assert record_fields(inspector_record(OFFICER), len(INSPECTOR_COLUMNS)) is not None


def test_the_tokens_of_a_pool_are_those_that_the_protocol_makes_of_its_records() -> None:
    freezer = Freezer(BLINDER)
    frozen = freezer.freeze_objects(
        [an_object("A"), an_object("D"), an_object("U"), an_object("B", "revoked"), an_object("B", "no_disturb")]
    )
    private = [PrivateObject(one.record, (one.stratum,)) for one in frozen]
    pool, strata = make_strata(SHA256, freezer.tokens)
    assert pool == make_pool(BLINDER, STRATUM_IDS, private)
    assert [stratum.size for stratum in strata] == [1, 0, 0, 1, 1, 1, 1]
    assert [one.stratum for one in frozen] == ["S1", "S4", "S5", "excluded", "undisturbed"]


def test_a_pool_of_excluded_objects_only_is_not_frozen() -> None:
    freezer = Freezer(BLINDER)
    freezer.freeze_objects([an_object("A", "revoked")])
    with pytest.raises(NothingToDraw):
        freezer.check_drawable()


def test_only_officers_in_post_come_on_the_roster_with_the_load_of_their_year() -> None:
    freezer = Freezer(BLINDER, cap=30)
    away = replace(OFFICER, inspector_id=new_id(), status="on_leave")
    loads: dict[UUID, int] = {OFFICER.inspector_id: 7}
    seated, absent = freezer.freeze_inspectors([OFFICER, away], loads)
    assert absent.seat is None
    assert seated.seat is not None
    assert (seated.seat.cap, seated.seat.yearly_load, seated.seat.valid_to) == (30, 7, "2028-01-01")
    assert read_roster([seat.row() for seat in freezer.roster]) == (seated.seat,)


@pytest.mark.parametrize(
    ("regions", "shown"),
    [
        (("410308",), ("410308",)),
        (("410308005", "410308001", "410308005"), ("410308001", "410308005")),
        (("*", "410308"), ("*",)),
        ((), ("*",)),
        (("孟津",), ("00",)),
    ],
)
def test_regions_are_prefixes_and_a_malformed_one_covers_nothing(
    regions: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    assert regions_of(regions) == shown


def test_an_officer_takes_on_no_more_than_his_own_monthly_capacity_in_the_months_of_the_window() -> None:
    """B8: from 20 January to 3 March three months are touched; the cap of the draw holds for everybody."""
    freezer = Freezer(BLINDER, cap=30, months=months_touched(date(2027, 1, 20), date(2027, 3, 3)))
    people = [replace(OFFICER, capacity=capacity) for capacity in (None, 4, 20, 0)]
    frozen = freezer.freeze_inspectors(people, {})
    assert [one.seat.cap for one in frozen if one.seat] == [30, 12, 30, 0]
