"""Natural persons: the name in part, numbers never."""

import pytest

from services.disclosure.domain.privacy import HIDDEN, is_citizen_number, public_name, scrubbed


@pytest.mark.parametrize(
    ("name", "uscc", "shown"),
    [
        ("张三", None, "张*"),
        ("张三丰", None, "张*丰"),
        ("欧阳锋叔", None, "欧**叔"),
        ("阿依古丽·买买提", None, "阿******提"),
        ("洛阳宏达", "91410308MA00000019", "洛阳宏达"),
        ("老李面馆", None, "老李面馆"),
        ("孟津区早点铺（经营者：王小明）", "92410308MA0000001X", "孟津区早点铺（经营者：王*明）"),
        ("洛阳市孟津区宏达商贸有限公司", None, "洛阳市孟津区宏达商贸有限公司"),
    ],
)
def test_a_person_is_shown_in_part_and_an_organisation_whole(name: str, uscc: str | None, shown: str) -> None:
    assert public_name(name, uscc) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证11010519491231002X。", f"身份证{HIDDEN}。"),
        ("旧号110105491231002。", f"旧号{HIDDEN}。"),
        ("电话138-0013-8000", f"电话{HIDDEN}"),
        ("代码91410308MA00000019", "代码91410308MA00000019"),
        ("编号410308202603091001", "编号410308202603091001"),
        ("座机0379-67912345", "座机0379-67912345"),
    ],
)
def test_numbers_of_persons_are_taken_out_and_others_stay(text: str, shown: str) -> None:
    assert scrubbed(text) == shown


def test_a_mistyped_citizen_number_is_hidden_too() -> None:
    assert is_citizen_number("110105194912310021")
    assert not is_citizen_number("110105999912310021")
