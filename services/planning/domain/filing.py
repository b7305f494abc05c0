"""How a filing (填报) of a department moves: draft → submitted → approved → published, or returned and filed again.

Lists and plans move alike (I4, N5, N6): the department files, the joint office decides, and nobody decides on what he
filed himself (架构 Identity).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from shared.values.errors import Forbidden, Invalid, Refused


class NotEditable(Refused):
    message = "{what}目前为“{state}”，只有草稿或被退回的才能修改和提交"


class NotSubmitted(Refused):
    message = "{what}目前为“{state}”，只有已提交的才能审核"


class NotApproved(Refused):
    message = "{what}目前为“{state}”，只有已批准的才能公布"


class OwnFiling(Forbidden):
    message = "不能审核本人填报的{what}，请由联席会议办公室其他人员办理"


class ReasonMissing(Invalid):
    message = "请写明理由"


class FilingState(StrEnum):
    """`adjusted` is published in a later version than the first (plans); `superseded`: a newer list took its place."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    ADJUSTED = "adjusted"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


STATE_NAMES: Final[Mapping[FilingState, str]] = {
    FilingState.DRAFT: "草稿",
    FilingState.SUBMITTED: "已提交",
    FilingState.RETURNED: "已退回",
    FilingState.APPROVED: "已批准",
    FilingState.PUBLISHED: "已公布",
    FilingState.ADJUSTED: "已调整",
    FilingState.SUPERSEDED: "已被替代",
    FilingState.CANCELLED: "已取消",
}
_EDITABLE: Final = frozenset({FilingState.DRAFT, FilingState.RETURNED})


@dataclass(frozen=True, slots=True)
class Filing:
    """Where the filing stands. `filers`: all who wrote or submitted it. `what`: its Chinese name, for refusals.
    `remark`: why it was returned or cancelled."""

    what: str
    state: FilingState
    filers: tuple[str, ...]
    remark: str | None = None

    def revised(self, by: str) -> Filing:
        """Raises NotEditable."""
        self._require(_EDITABLE, NotEditable)
        return replace(self, filers=_with(self.filers, by))

    def submitted(self, by: str) -> Filing:
        """Raises NotEditable."""
        self._require(_EDITABLE, NotEditable)
        return replace(self, state=FilingState.SUBMITTED, filers=_with(self.filers, by), remark=None)

    def approved(self, by: str) -> Filing:
        """Raises NotSubmitted, or OwnFiling for one of the filers."""
        return replace(self._decided(by), state=FilingState.APPROVED)

    def returned(self, by: str, remark: str) -> Filing:
        """Raises NotSubmitted, ReasonMissing, or OwnFiling for one of the filers."""
        return replace(self._decided(by), state=FilingState.RETURNED, remark=stated(remark))

    def cancelled(self, remark: str) -> Filing:
        """Raises ReasonMissing."""
        return replace(self, state=FilingState.CANCELLED, remark=stated(remark))

    def published(self, state: FilingState = FilingState.PUBLISHED) -> Filing:
        """Raises NotApproved."""
        self._require(frozenset({FilingState.APPROVED}), NotApproved)
        return replace(self, state=state)

    def _decided(self, by: str) -> Filing:
        self._require(frozenset({FilingState.SUBMITTED}), NotSubmitted)
        if by in self.filers:
            raise OwnFiling(what=self.what)
        return self

    def _require(self, states: frozenset[FilingState], refusal: type[Refused]) -> None:
        if self.state not in states:
            raise refusal(what=self.what, state=STATE_NAMES[self.state])


def _with(filers: tuple[str, ...], by: str) -> tuple[str, ...]:
    return filers if by in filers else (*filers, by)


def stated(reason: str) -> str:
    """The reason, trimmed. Raises ReasonMissing where there is none."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
