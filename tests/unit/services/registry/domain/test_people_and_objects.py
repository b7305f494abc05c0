"""Inspectors stand or do not on a day (L3, B2); objects are edited by who answers for them (L6, L7)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.registry.domain.entities import NotResponsible, changed_fields, exclusion_ground
from services.registry.domain.inspectors import InspectorNotActive, InspectorNotSuspended, Standing
from services.registry.domain.regions import DistrictRegions, RegionTermsInvalid, check_terms
from shared.values.ids import new_id
from shared.values.region import RegionTerm
from tests.builders.registry import TERMS, TODAY, an_entity, an_inspector_row

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "valid_until", "ground"),
    [
        ("active", date(2026, 11, 24), None),
        ("active", date(2026, 11, 23), "certificate_expired"),
        ("suspended", date(2030, 1, 1), "suspended"),
        ("on_leave", date(2030, 1, 1), "on_leave"),
        ("left", date(2030, 1, 1), "left"),
    ],
)
def test_an_inspector_is_valid_while_active_through_the_last_day_of_his_certificate(
    status: str, valid_until: date, ground: str | None
) -> None:
    inspector = an_inspector_row(status=status, valid_until=valid_until)
    assert inspector.standing(date(2026, 11, 24)) == Standing(ground is None, ground)


def test_a_suspended_inspector_comes_back_and_each_step_is_a_version() -> None:
    suspended = an_inspector_row().suspended("接受调查", new_id(), NOW)
    assert (suspended.version, suspended.content.status, suspended.status_reason) == (2, "suspended", "接受调查")
    with pytest.raises(InspectorNotActive, match="暂停"):
        suspended.suspended("再次", new_id(), NOW)
    back = suspended.reinstated(new_id(), NOW)
    assert (back.version, back.content.status, back.status_reason) == (3, "active", None)
    with pytest.raises(InspectorNotSuspended):
        back.reinstated(new_id(), NOW)


def test_a_department_edits_what_it_answers_for_and_what_nobody_answers_for_yet() -> None:
    """L6: 谁审批谁监管、谁主管谁监管."""
    an_entity(departments=("SCJG", "YJJ")).check_editor("YJJ")
    an_entity(departments=()).check_editor("YJJ")
    with pytest.raises(NotResponsible, match="SLJ"):
        an_entity(departments=("SCJG",)).check_editor("SLJ")


@pytest.mark.parametrize(
    ("status", "ground"), [("active", None), ("deregistered", "status_deregistered"), ("moved_out", "status_moved_out")]
)
def test_what_the_registrar_says_is_gone_cannot_be_drawn(status: str, ground: str | None) -> None:
    assert exclusion_ground(status) == ground


def test_the_fields_that_changed_are_named() -> None:
    before, after = an_entity().content, an_entity(name="新名", name_key="新名", tags=()).content
    assert changed_fields(before, after) == ("name", "tags")


def test_a_code_that_came_back_for_another_place_means_the_place_of_today() -> None:
    """Domain-facts 18: 410307 was one place and is another."""
    terms = [
        RegionTerm("410307", "甲区", None, date(2000, 1, 1), "410308"),
        RegionTerm("410307", "乙区", date(2021, 3, 18)),
        RegionTerm("410308", "丙区", date(2000, 1, 1)),
    ]
    assert DistrictRegions(terms, TODAY).today_of("410307") == "410307"
    assert DistrictRegions(terms, date(2010, 1, 1)).today_of("410307") == "410308"


def test_the_district_code_is_the_one_that_all_its_regions_share() -> None:
    assert DistrictRegions(TERMS, TODAY).root == "410308"
    assert DistrictRegions([RegionTerm("410308100", "城关镇"), RegionTerm("410307100", "槐新街道")], TODAY).root is None
    assert DistrictRegions([], TODAY).root is None


def test_a_term_must_end_after_it_begins() -> None:
    check_terms(TERMS)
    with pytest.raises(RegionTermsInvalid):
        check_terms([RegionTerm("410308", "孟津区", date(2021, 3, 18), date(2021, 3, 18), "410307")])
    with pytest.raises(RegionTermsInvalid):
        check_terms([RegionTerm("410308", "孟津区", successor="410307")])
    with pytest.raises(RegionTermsInvalid):
        check_terms([RegionTerm("410308", "孟津区"), RegionTerm("410308", "孟津新区")])
