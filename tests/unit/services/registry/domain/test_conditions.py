"""Library conditions: one JSON form, read strictly, with one meaning (L2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.registry.domain.condition_json import condition_json
from services.registry.domain.conditions import ConditionMalformed, holds, read_condition
from tests.builders.registry import an_entity


def belongs(conditions: Any, **entity: Any) -> bool:
    return holds(read_condition(conditions), an_entity(**entity))


@pytest.mark.parametrize(
    ("leaf", "entity", "expected"),
    [
        ({"field": "kind", "in": ["enterprise"]}, {}, True),
        ({"field": "kind", "in": ["site", "product"]}, {}, False),
        ({"field": "credit_class", "in": ["C", "D"]}, {"credit_class": "D"}, True),
        ({"field": "uscc", "in": ["x"]}, {"uscc": None}, False),
        ({"field": "region", "within": ["410308"]}, {}, True),
        ({"field": "region", "within": ["410300"]}, {}, True),
        ({"field": "region", "within": ["410308102"]}, {}, False),
        ({"field": "industry", "within": [{"edition": "2017", "code": "C"}]}, {}, True),
        ({"field": "industry", "within": [{"edition": "2017", "code": "13"}]}, {}, True),
        ({"field": "industry", "within": [{"edition": "2011", "code": "13"}]}, {}, False),
        ({"field": "industry", "within": [{"edition": "2017", "code": "F"}]}, {}, False),
        ({"field": "industry", "within": [{"edition": "2017", "code": "F"}]}, {"industry_code": None}, False),
        ({"field": "tags", "has_any": ["冷链", "食品生产"]}, {}, True),
        ({"field": "tags", "has_all": ["冷链", "食品生产"]}, {}, False),
        ({"field": "departments", "has_any": ["YJJ"]}, {}, False),
        ({"field": "registered_on", "from": "2020-05-18", "to": "2020-05-18"}, {}, True),
        ({"field": "registered_on", "from": "2020-05-19"}, {}, False),
        ({"field": "last_visit_on", "to": "2026-01-01"}, {}, False),
        ({"field": "last_visit_on", "to": "2026-01-01"}, {"last_visit_on": date(2025, 1, 1)}, True),
    ],
)
def test_a_leaf_means_what_it_says(leaf: Any, entity: Any, *, expected: bool) -> None:
    assert belongs(leaf, **entity) is expected
    assert belongs({"not": leaf}, **entity) is not expected


def test_parts_are_joined_by_all_and_any() -> None:
    yes, no = {"field": "kind", "in": ["enterprise"]}, {"field": "kind", "in": ["site"]}
    assert belongs({"all": []})
    assert not belongs({"any": []})
    assert belongs({"all": [yes, {"any": [no, yes]}]})
    assert not belongs({"all": [yes, no]})


@pytest.mark.parametrize(
    ("conditions", "pointer"),
    [
        ([], "/"),
        ({}, "/"),
        ({"all": [], "any": []}, "/"),
        ({"all": {}}, "/all"),
        ({"all": [{"field": "kind"}]}, "/all/0"),
        ({"field": "kind", "in": []}, "/in"),
        ({"field": "kind", "in": [1]}, "/in"),
        ({"field": "name", "in": ["x"]}, "/field"),
        ({"field": "kind", "within": ["410308"]}, "/field"),
        ({"field": "region", "within": ["孟津"]}, "/within/0"),
        ({"field": "industry", "within": ["C"]}, "/within/0"),
        ({"field": "tags", "from": "2020-01-01"}, "/field"),
        ({"field": "registered_on", "from": "2020-13-01"}, "/from"),
        ({"not": {"not": {"not": {"not": {"not": {"not": {"all": []}}}}}}}, "/not/not/not/not/not/not"),
    ],
)
def test_what_is_not_of_the_form_is_refused_where_it_is_wrong(conditions: Any, pointer: str) -> None:
    with pytest.raises(ConditionMalformed) as malformed:
        read_condition(conditions)
    assert malformed.value.params["pointer"] == pointer


def test_a_condition_is_stored_in_one_canonical_form() -> None:
    written = {
        "all": [
            {"in": ["enterprise", "enterprise"], "field": "kind"},
            {"field": "industry", "within": [{"code": "C1310", "edition": "2017"}]},
            {"not": {"any": [{"field": "registered_on", "to": "2020-01-01"}]}},
        ]
    }
    stored = condition_json(read_condition(written))
    assert stored == {
        "all": [
            {"field": "kind", "in": ["enterprise"]},
            {"field": "industry", "within": [{"edition": "2017", "code": "1310"}]},
            {"not": {"any": [{"field": "registered_on", "from": None, "to": "2020-01-01"}]}},
        ]
    }
    assert condition_json(read_condition(stored)) == stored
