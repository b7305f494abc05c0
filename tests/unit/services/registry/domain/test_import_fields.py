"""Columns are found by the mapping first, then by our own headers (conventions 4.8)."""

from __future__ import annotations

import pytest

from services.registry.domain.import_fields import (
    ColumnMissing,
    HeaderRepeated,
    MappedHeaderMissing,
    UnknownImportField,
    field_named,
    plan_columns,
    template_fields,
)
from services.registry.domain.import_rows import ImportKind

ENTITIES = ImportKind.ENTITIES


def test_our_headers_need_no_mapping_and_the_others_are_told() -> None:
    plan = plan_columns(ENTITIES, ["\ufeff名称", "备注", " 统一社会信用代码 "], {}, {})
    assert (dict(plan.places), plan.width, plan.ignored) == ({"name": 0, "uscc": 2}, 3, ("备注",))
    assert plan.cells(["甲", "乙"]) == {"name": "甲"}


def test_a_mapping_names_the_headers_of_others() -> None:
    plan = plan_columns(ENTITIES, ["企业名称", "注册日期"], {"name": "企业名称", "registered_on": "注册日期"}, {})
    assert dict(plan.places) == {"name": 0, "registered_on": 1}


def test_a_default_makes_up_for_a_required_column() -> None:
    headers = ["执法人员编号", "姓名", "执法证号", "证件有效期至"]
    with pytest.raises(ColumnMissing) as missing:
        plan_columns(ImportKind.INSPECTORS, headers, {}, {})
    assert missing.value.params == {"headers": "部门"}
    assert (
        "owner_department" not in plan_columns(ImportKind.INSPECTORS, headers, {}, {"owner_department": "SCJG"}).places
    )


def test_a_mapping_to_a_header_that_is_not_there_is_told() -> None:
    with pytest.raises(MappedHeaderMissing, match="企业名"):
        plan_columns(ENTITIES, ["名称"], {"name": "企业名"}, {})


def test_a_header_twice_is_refused() -> None:
    with pytest.raises(HeaderRepeated, match="名称"):
        plan_columns(ENTITIES, ["名称", "地址", "名称"], {}, {})


def test_only_known_fields_can_be_mapped() -> None:
    with pytest.raises(UnknownImportField):
        field_named(ENTITIES, "credit_class")


@pytest.mark.parametrize("kind", list(ImportKind))
def test_a_template_is_read_back_by_its_own_headers(kind: ImportKind) -> None:
    fields = template_fields(kind)
    plan = plan_columns(kind, [field.header for field in fields], {}, {})
    assert list(plan.places) == [field.name for field in fields]
