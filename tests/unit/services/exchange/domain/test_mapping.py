"""A record in a peer's form (integration 7)."""

from __future__ import annotations

from datetime import date

from services.exchange.domain.mapping import digest_of, map_record
from services.exchange.domain.maps import CodeTable, FieldRule, MapVersion, Term

ON = date(2026, 11, 24)
TABLE = CodeTable(
    "result",
    "检查结果表",
    "outcome",
    ((Term(date(2020, 1, 1), date(2026, 6, 30)), {"1": "old"}), (Term(date(2026, 7, 1)), {"1": "new"})),
)


def version(*rules: FieldRule) -> MapVersion:
    return MapVersion(Term(date(2020, 1, 1)), "1", rules)


def test_a_code_is_looked_up_as_of_the_day() -> None:
    by = version(FieldRule("code", "结果", "main_outcome", table=TABLE))
    assert map_record({"main_outcome": "1"}, by, ON).body == '{"code":"new"}'
    assert map_record({"main_outcome": "1"}, by, date(2026, 6, 30)).body == '{"code":"old"}'


def test_an_unmapped_code_blocks_with_its_reason() -> None:
    mapped = map_record({"main_outcome": "2"}, version(FieldRule("c", "结果", "main_outcome", table=TABLE)), ON)
    assert (mapped.body, mapped.digest) == (None, None)
    assert [(one.code, one.field) for one in mapped.problems] == [("unmapped_code", "main_outcome")]


def test_every_problem_of_a_record_is_told_at_once() -> None:
    by = version(
        FieldRule("a", "编号", "result_id", required=True),
        FieldRule("b", "名称", "entity_name", max_length=3),
        FieldRule("c", "代码", "uscc", pattern=r"\d+"),
    )
    mapped = map_record({"entity_name": "很长的名称", "uscc": "x"}, by, ON)
    assert [one.code for one in mapped.problems] == ["missing", "too_long", "malformed"]


def test_a_ratio_is_a_decimal_of_one_and_no_float() -> None:
    by = version(FieldRule("r", "抽查比例", "ratio_ppm", form="ratio"))
    for ppm, told in ((50_000, "0.05"), (1_000_000, "1"), (3, "0.000003"), (333_333, "0.333333")):
        assert map_record({"ratio_ppm": ppm}, by, ON).body == f'{{"r":"{told}"}}'


def test_the_digest_does_not_depend_on_the_order_of_rules() -> None:
    one, two = FieldRule("a", "甲", "result_id"), FieldRule("b", "乙", "entity_name")
    record = {"result_id": "1", "entity_name": "某公司"}
    first, second = map_record(record, version(one, two), ON), map_record(record, version(two, one), ON)
    assert first.digest == second.digest == digest_of('{"a":"1","b":"某公司"}')
