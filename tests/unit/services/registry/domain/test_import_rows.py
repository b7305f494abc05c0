"""Rows of import files are judged by one pure rule a kind (L1, L3, L5)."""

from __future__ import annotations

from datetime import date

import pytest

from services.registry.domain.entities import EntityContent
from services.registry.domain.experts import ExpertContent
from services.registry.domain.import_rows import ImportKind, RowRead, read_row
from services.registry.domain.inspectors import InspectorContent
from tests.builders.registry import a_uscc, entity_cells, facts, inspector_cells


def entity(**changes: str) -> EntityContent:
    read = read_row(ImportKind.ENTITIES, entity_cells(1, **changes), facts())
    assert isinstance(read.content, EntityContent), read.faults
    return read.content


def faults(read: RowRead) -> list[tuple[str, str]]:
    assert (read.content is None) == bool(read.faults)
    return [(fault.field, fault.code) for fault in read.faults]


def entity_faults(**changes: str) -> list[tuple[str, str]]:
    return faults(read_row(ImportKind.ENTITIES, entity_cells(1, **changes), facts()))


def test_a_row_as_an_officer_writes_it_becomes_an_object() -> None:
    content = entity(name=" 孟津　示例 (有限) 公司 ", departments="区市场监管局、yjj", tags="食品生产，冷链")
    assert content.name == "孟津 示例 (有限) 公司"
    assert content.name_key == "孟津示例(有限)公司"
    assert (content.kind, content.status, content.registered_on) == ("enterprise", "active", date(2020, 5, 18))
    assert content.departments == ("SCJG", "YJJ")
    assert content.tags == ("冷链", "食品生产")


def test_a_code_in_full_width_is_the_code() -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in a_uscc(7))
    assert entity(uscc=wide).uscc == a_uscc(7)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "　"}, ("name", "registry.required")),
        ({"name": "名" * 201}, ("name", "registry.too_long")),
        ({"uscc": "91410308MA"}, ("uscc", "uscc.length")),
        ({"uscc": a_uscc(1)[:-1] + "I"}, ("uscc", "uscc.alphabet")),
        ({"uscc": "", "external_no": ""}, ("external_no", "registry.key_missing")),
        ({"kind": "公司"}, ("kind", "registry.not_in_vocabulary")),
        ({"kind": ""}, ("kind", "registry.required")),
        ({"status": "停业"}, ("status", "registry.not_in_vocabulary")),
        ({"registered_on": "2021-02-30"}, ("registered_on", "registry.date_malformed")),
        ({"registered_on": "二〇二一年三月"}, ("registered_on", "registry.date_malformed")),
        ({"registered_on": "2026-11-25"}, ("registered_on", "registry.date_in_future")),
        ({"region_code": "410308999"}, ("region_code", "region.unknown")),
        ({"industry_code": "9999"}, ("industry_code", "industry.invalid")),
        ({"industry_edition": "2002"}, ("industry_edition", "registry.edition_unknown")),
        ({"departments": "SCJG、城管局"}, ("departments", "registry.department_unknown")),
        ({"tags": "食品/生产"}, ("tags", "registry.tag_malformed")),
        ({"tags": "expert"}, ("tags", "registry.tag_malformed")),
        ({"legal_rep_phone": "一三八"}, ("legal_rep_phone", "registry.phone_malformed")),
        ({"address": "城关镇\ufffd"}, ("address", "registry.undecodable")),
    ],
)
def test_each_fault_has_its_field_and_code(changes: dict[str, str], fault: tuple[str, str]) -> None:
    assert entity_faults(**changes) == [fault]


def test_every_fault_of_a_row_is_told_at_once() -> None:
    assert entity_faults(name="", kind="公司", registered_on="x") == [
        ("name", "registry.required"),
        ("registered_on", "registry.date_malformed"),
        ("kind", "registry.not_in_vocabulary"),
    ]


@pytest.mark.parametrize("written", ["2024-01-31", "2024/1/31", "2024.1.31", "2024年1月31日", "20240131"])
def test_dates_are_read_as_people_write_them(written: str) -> None:
    assert entity(registered_on=written).registered_on == date(2024, 1, 31)


@pytest.mark.parametrize(
    ("prefix", "kind"), [("91", "enterprise"), ("92", "individual_business"), ("93", "cooperative")]
)
def test_without_a_column_for_it_the_kind_follows_the_code(prefix: str, kind: str) -> None:
    """GB 32100-2015: registration department 9, class 1, 2, 3."""
    cells = entity_cells(uscc=a_uscc(1, prefix))
    del cells["kind"]
    read = read_row(ImportKind.ENTITIES, cells, facts())
    assert isinstance(read.content, EntityContent)
    assert read.content.kind == kind


@pytest.mark.parametrize(
    ("registered_type", "kind"),
    [("个体工商户", "individual_business"), ("农民专业合作社", "cooperative"), ("集体所有制", "enterprise")],
)
def test_without_a_code_the_kind_follows_the_registrar_type(registered_type: str, kind: str) -> None:
    cells = entity_cells(uscc="") | {"registered_type": registered_type}
    del cells["kind"]
    read = read_row(ImportKind.ENTITIES, cells, facts())
    assert isinstance(read.content, EntityContent)
    assert read.content.kind == kind


def test_with_neither_the_kind_is_missing() -> None:
    cells = entity_cells(uscc="") | {"registered_type": "N/A"}
    del cells["kind"]
    assert faults(read_row(ImportKind.ENTITIES, cells, facts())) == [("kind", "registry.kind_missing")]


@pytest.mark.parametrize(
    ("written", "address", "code"),
    [
        ("410308100", "平乐镇1号", "410308100"),
        ("410322100", "", "410308100"),
        ("410322", "", "410308"),
        ("平乐镇", "", "410308102"),
        ("", "孟津县平乐镇平乐村", "410308102"),
        ("", "孟津县桂花大道416号", "410308"),
    ],
)
def test_the_region_is_the_one_of_today(written: str, address: str, code: str) -> None:
    """L2, B10: old county codes map to today's district; without a code the address names the town."""
    assert entity(region_code=written, address=address).region_code == code


def test_a_default_stands_in_for_a_blank_cell_after_what_the_address_says() -> None:
    defaults = {"region_code": "410308100", "departments": "SLJ"}
    cells = entity_cells(region_code="", departments="")
    named = read_row(ImportKind.ENTITIES, cells | {"address": "平乐镇街上"}, facts(), defaults)
    unnamed = read_row(ImportKind.ENTITIES, cells | {"address": "桂花大道"}, facts(), defaults)
    assert isinstance(named.content, EntityContent)
    assert isinstance(unnamed.content, EntityContent)
    assert (named.content.region_code, unnamed.content.region_code) == ("410308102", "410308100")
    assert named.content.departments == ("SLJ",)


def test_a_district_without_region_table_is_checked_for_syntax_only() -> None:
    known = facts(terms=())
    assert read_row(ImportKind.ENTITIES, entity_cells(region_code="999999"), known).content is not None
    assert faults(read_row(ImportKind.ENTITIES, entity_cells(region_code="99"), known)) == [
        ("region_code", "region.unknown")
    ]


def test_an_inspector_with_an_expired_certificate_is_a_fact_and_goes_in() -> None:
    """L3: the library holds him; pools and visits do not."""
    read = read_row(ImportKind.INSPECTORS, inspector_cells(valid_until="2020-01-01"), facts())
    assert isinstance(read.content, InspectorContent)
    assert read.content.valid_until == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("written", "regions"),
    [("", ("*",)), ("全区", ("*",)), ("410308", ("410308",)), ("平乐镇、城关镇", ("410308100", "410308102"))],
)
def test_an_inspector_has_towns_or_the_whole_district(written: str, regions: tuple[str, ...]) -> None:
    read = read_row(ImportKind.INSPECTORS, inspector_cells(regions=written), facts())
    assert isinstance(read.content, InspectorContent)
    assert read.content.regions == regions


def test_an_inspector_needs_number_name_department_certificate_and_term() -> None:
    blank = dict.fromkeys(inspector_cells(), "")
    assert {field for field, _ in faults(read_row(ImportKind.INSPECTORS, blank, facts()))} == {
        "inspector_no",
        "name",
        "owner_department",
        "certificate_no",
        "valid_until",
    }


def test_an_expert_is_a_person_unless_told_otherwise() -> None:
    """L4."""
    read = read_row(ImportKind.EXPERTS, {"expert_no": "ZJ1", "name": "李示例", "fields": "食品检验"}, facts())
    assert isinstance(read.content, ExpertContent)
    assert (read.content.kind, read.content.fields, read.content.status) == ("person", ("食品检验",), "active")
