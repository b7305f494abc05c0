"""Rows that other systems hand in (接入数据): checked, told once per source, key and version, else kept in quarantine.

`taken` is told to the services that own such facts; `known` was met before; `older` came after a newer version;
`same_fact` is a penalty that another way brought already; `quarantined` waits for its source to send it right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from services.exchange.domain.mapping import Problem, canonical, digest_of
from shared.values import uscc

Content = Mapping[str, str | int | None]


class InboundKind(StrEnum):
    ENTITY = "entity"
    CERTIFICATE = "certificate"
    PENALTY = "penalty"
    LISTING = "listing"
    FACT = "fact"
    LEAD = "lead"


class InboundState(StrEnum):
    TAKEN = "taken"
    KNOWN = "known"
    OLDER = "older"
    SAME_FACT = "same_fact"
    QUARANTINED = "quarantined"


INBOUND_STATE_NAMES: Final[Mapping[InboundState, str]] = {
    InboundState.TAKEN: "已接入",
    InboundState.KNOWN: "已有，未重复接入",
    InboundState.OLDER: "早于已接入的版本",
    InboundState.SAME_FACT: "与已接入的处罚为同一事实",
    InboundState.QUARANTINED: "不合格，已隔离",
}


@dataclass(frozen=True, slots=True)
class Handed:
    """One row as its source sent it. `op`: I, U or D; a D needs no content."""

    kind: InboundKind
    source_key: str
    source_version: int
    op: str
    content: Content

    @property
    def digest(self) -> str:
        return digest_of(canonical({"op": self.op, "content": dict(self.content)}))


@dataclass(frozen=True, slots=True)
class Met:
    """What is stored under the row's source, kind and key. `states`: version and digest → state."""

    states: Mapping[tuple[int, str], InboundState]
    same_fact_elsewhere: bool = False

    @property
    def newest_taken(self) -> int:
        counted = (InboundState.TAKEN, InboundState.SAME_FACT)
        return max((version for (version, _), state in self.states.items() if state in counted), default=0)


def receive(row: Handed, met: Met) -> tuple[InboundState, Sequence[Problem]]:
    """What becomes of a row; the rule of idempotence is source, key and version."""
    if (row.source_version, row.digest) in met.states:
        return InboundState.KNOWN, ()
    if any(
        version == row.source_version and state is not InboundState.QUARANTINED
        for (version, _), state in met.states.items()
    ):
        told = f"版本 {row.source_version} 已接入，内容却不同；更正须提高版本号"
        return InboundState.QUARANTINED, (Problem("version_conflict", None, told),)
    problems = check(row)
    if problems:
        return InboundState.QUARANTINED, problems
    if row.source_version < met.newest_taken:
        return InboundState.OLDER, ()
    is_first = row.op == "I" and met.newest_taken == 0
    return (InboundState.SAME_FACT if met.same_fact_elsewhere and is_first else InboundState.TAKEN), ()


def fact_key(row: Handed) -> str | None:
    """文书号 and authority name a penalty, whichever way it comes; blanks and full-width brackets do not matter."""
    if row.kind is not InboundKind.PENALTY:
        return None
    parts = [_plain(str(row.content.get(name) or "")) for name in ("document_no", "authority")]
    return "/".join(parts) if all(parts) else None


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text).translate(str.maketrans("（）()[]【】", "〔〕〔〕〔〕〔〕"))


def fen_of(amount: str) -> int:
    """万元 with up to six decimals (双公示, domain-facts 11) → 分, exactly. Raises ValueError."""
    try:
        fen = Decimal(amount) * 1_000_000
    except InvalidOperation as error:
        raise ValueError(amount) from error
    if not fen.is_finite() or fen != fen.to_integral_value() or fen < 0:
        raise ValueError(amount)
    return int(fen)


def check(row: Handed) -> Sequence[Problem]:
    """Everything that is wrong with a row at once."""
    if row.op == "D":
        return ()
    problems = []
    for name, title, required, is_right in _RULES[row.kind]:
        value = row.content.get(name)
        if value is None or value == "":
            if required:
                problems.append(Problem("missing", name, f"缺少必填项“{title}”"))
        elif not is_right(str(value)):
            problems.append(Problem("malformed", name, f"“{title}”的内容不符合要求的格式"))
    known = {name for name, *_ in _RULES[row.kind]}
    problems += [Problem("unknown_field", name, f"不认识的字段 {name}") for name in sorted(set(row.content) - known)]
    return tuple(problems)


def _short(text: str) -> bool:
    return len(text) <= 500


def _long(text: str) -> bool:
    return len(text) <= 4000


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_uscc(text: str) -> bool:
    return uscc.is_valid(text)


def _is_amount(text: str) -> bool:
    try:
        fen_of(text)
    except ValueError:
        return False
    return True


def _one_of(*words: str) -> Callable[[str], bool]:
    return frozenset(words).__contains__


_Rule = tuple[str, str, bool, Callable[[str], bool]]
_DECISION: Final[Sequence[_Rule]] = (
    ("uscc", "统一社会信用代码", True, _is_uscc),
    ("entity_name", "相对人名称", True, _short),
    ("document_no", "决定文书号", True, _short),
    ("authority", "决定机关", True, _short),
    ("decided_on", "决定日期", True, _is_day),
)
_RULES: Final[Mapping[InboundKind, Sequence[_Rule]]] = {
    InboundKind.ENTITY: (
        ("uscc", "统一社会信用代码", True, _is_uscc),
        ("name", "名称", True, _short),
        ("status", "登记状态", True, _short),
        ("address", "住所", False, _short),
        ("registered_on", "成立日期", False, _is_day),
        ("cancelled_on", "注销日期", False, _is_day),
    ),
    InboundKind.CERTIFICATE: (
        ("certificate_no", "执法证号", True, _short),
        ("department", "所属部门", True, _short),
        ("valid_until", "有效期至", True, _is_day),
        ("status", "证件状态", True, _one_of("valid", "suspended", "revoked")),
    ),
    InboundKind.PENALTY: (
        *_DECISION,
        ("violation", "违法行为类型", True, _short),
        ("penalty_kinds", "处罚类别", True, _short),
        ("text", "处罚内容", True, _long),
        ("fine", "罚款金额（万元）", False, _is_amount),
        ("confiscated", "没收金额（万元）", False, _is_amount),
        ("publicity_ends_on", "公示截止期", False, _is_day),
    ),
    InboundKind.LISTING: (
        *_DECISION,
        ("list_code", "名单", True, _short),
        ("ground", "列入事由", True, _short),
        ("ends_on", "届满日", False, _is_day),
    ),
    InboundKind.FACT: (
        ("uscc", "统一社会信用代码", True, _is_uscc),
        ("code", "指标代码", True, _short),
        ("occurred_on", "发生日期", True, _is_day),
        ("text", "内容", True, _long),
    ),
    InboundKind.LEAD: (
        ("lead_kind", "线索类别", True, _one_of("complaint", "transfer", "assignment", "monitoring")),
        ("uscc", "统一社会信用代码", False, _is_uscc),
        ("department", "承办部门", True, _short),
        ("text", "内容", True, _long),
        ("received_on", "收到日期", True, _is_day),
    ),
}
"""Kind → its fields: name, title, whether required, what a right value is."""
