"""Item lists: what each item states (I1), caps (I2), controlled numbers (I3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.planning.domain.items import (
    CapAboveLimit,
    CapOutOfRange,
    GeneralItemWithoutCap,
    Item,
    ItemCodeTwice,
    ItemIncomplete,
    ItemLevel,
    ItemListEmpty,
    KeyItemWithCap,
    TooManyKeyItems,
    check_items,
)
from services.planning.domain.rules import LimitFor, RuleValue
from services.planning.domain.vocabulary import MethodUnknown, ObjectKindUnknown, method_code, object_kind_code
from tests.builders.planning import NO_RULES, an_item, the_rules

SOME_KEY_ITEMS = [an_item("k1", None), an_item("k2", None), an_item("g1")]


def test_a_complete_list_passes() -> None:
    check_items(SOME_KEY_ITEMS, "scjg", NO_RULES)


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (an_item(bases=()), "依据"),
        (an_item(methods=()), "检查方式"),
        (an_item(kinds=()), "检查对象"),
        (an_item(content=()), "检查内容"),
    ],
)
def test_an_item_without_a_part_the_law_wants_is_refused_naming_it(item: Item, named: str) -> None:
    """I1."""
    with pytest.raises(ItemIncomplete) as refused:
        check_items([item], "scjg", NO_RULES)
    assert refused.value.params["missing"] == named


def test_a_general_item_needs_a_cap_and_a_key_item_has_none() -> None:
    """I2."""
    without: Item = replace(an_item(cap=None), level=ItemLevel.GENERAL)
    capped: Item = replace(an_item(cap=1), level=ItemLevel.KEY)
    with pytest.raises(GeneralItemWithoutCap):
        check_items([without], "scjg", NO_RULES)
    with pytest.raises(KeyItemWithCap):
        check_items([capped], "scjg", NO_RULES)


@pytest.mark.parametrize("cap", [0, 1_000_001])
def test_a_cap_is_more_than_nothing_and_at_most_all(cap: int) -> None:
    with pytest.raises(CapOutOfRange):
        check_items([an_item(cap=cap)], "scjg", NO_RULES)


def test_more_key_items_than_the_rule_allows_are_refused_with_the_rule_named() -> None:
    """I3."""
    with pytest.raises(TooManyKeyItems) as refused:
        check_items(SOME_KEY_ITEMS, "scjg", the_rules(key_item_count=RuleValue(limit=1)))
    rule = "规则“重点检查事项数量上限”（key_item_count）第 1 版"
    assert refused.value.detail.startswith(f"scjg 的重点检查事项有 2 项，超过{rule}规定的 1 项；确需突破的")


def test_the_office_can_allow_one_department_more() -> None:
    """I3: an override is a version of the rule, with its reason."""
    rules = the_rules(key_item_count=RuleValue(limit=1, exceptions=(LimitFor("scjg", 2),)))
    check_items(SOME_KEY_ITEMS, "scjg", rules)
    with pytest.raises(TooManyKeyItems):
        check_items(SOME_KEY_ITEMS, "wjw", rules)


def test_a_cap_above_the_highest_allowed_is_refused_with_the_rule_named() -> None:
    """I3."""
    with pytest.raises(CapAboveLimit) as refused:
        check_items([an_item(cap=200_001)], "scjg", the_rules(general_cap_ppm=RuleValue(limit=200_000)))
    assert "general_cap_ppm" in refused.value.detail


def test_an_empty_list_and_a_code_given_twice_are_refused() -> None:
    with pytest.raises(ItemListEmpty):
        check_items([], "scjg", NO_RULES)
    with pytest.raises(ItemCodeTwice):
        check_items([an_item(), an_item()], "scjg", NO_RULES)


def test_methods_and_kinds_are_read_from_their_chinese_word_or_code() -> None:
    assert {method_code(written) for written in ("实地核查", " 现场检查", "on_site")} == {"on_site"}
    assert object_kind_code("农民专业合作社") == "cooperative"
    with pytest.raises(MethodUnknown):
        method_code("突击检查")
    with pytest.raises(ObjectKindUnknown):
        object_kind_code("火星")
