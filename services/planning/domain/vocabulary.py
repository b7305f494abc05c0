"""检查方式 and 检查对象类别: words of the field under stable codes (domain-facts sections 2, 3).

Departments write the Chinese word or the code; codes are kept, so that a word spelt otherwise later means the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.values.errors import Invalid
from shared.values.text import search_key


class MethodUnknown(Invalid):
    message = "不认识的检查方式：{written}"


class ObjectKindUnknown(Invalid):
    message = "不认识的检查对象类别：{written}"


METHODS: Final[Mapping[str, str]] = {
    "on_site": "实地核查",
    "written": "书面检查",
    "network_monitoring": "网络监测",
    "testing": "检验检测",
    "peer_finding": "行政部门检查结果或专业意见",
    "third_party": "审计、验资、评估等第三方验证",
}
OBJECT_KINDS: Final[Mapping[str, str]] = {
    "enterprise": "企业",
    "individual_business": "个体工商户",
    "cooperative": "农民专业合作社",
    "product": "产品",
    "project": "项目",
    "site": "场所",
    "behaviour": "行为",
}
_ALSO_METHODS: Final = {"现场检查": "on_site", "实地检查": "on_site", "书式检查": "written"}
_ALSO_KINDS: Final = {"个体户": "individual_business", "合作社": "cooperative", "农专社": "cooperative"}


def _spellings(words: Mapping[str, str], also: Mapping[str, str]) -> Mapping[str, str]:
    named = {search_key(name): code for code, name in words.items()}
    return named | {search_key(name): code for name, code in also.items()} | {code: code for code in words}


_METHOD_OF: Final = _spellings(METHODS, _ALSO_METHODS)
_KIND_OF: Final = _spellings(OBJECT_KINDS, _ALSO_KINDS)


def method_code(written: str) -> str:
    """`实地核查`, `现场检查` or `on_site` → `on_site`. Raises MethodUnknown."""
    found = _METHOD_OF.get(search_key(written))
    if found is None:
        raise MethodUnknown(written=written)
    return found


def object_kind_code(written: str) -> str:
    """`企业` or `enterprise` → `enterprise`. Raises ObjectKindUnknown."""
    found = _KIND_OF.get(search_key(written))
    if found is None:
        raise ObjectKindUnknown(written=written)
    return found
