"""What lets an enterprise apply for repair itself (C6): the code on its notice gives a token, good for half an hour.

The code is the visit code (检查码): it stands on the notice that was handed to the firm, and results says whose it is.
Nobody but the firm and the departments of the visit holds it (架构 Identity, Enterprises)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from shared.values.errors import Forbidden, Invalid, Refused

LIFETIME: Final = timedelta(minutes=30)
MOST_TOKENS: Final = 10
"""Of one enterprise in 24 hours."""
MOST_FILES: Final = 20
MOST_BYTES: Final = 60 * 2**20
FILE_LIMIT: Final = 20 * 2**20
_HEADS: Final = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
HEAD_BYTES: Final = 8
"""So many first bytes tell the type."""
_USELESS: Final = frozenset({"unknown", "mistyped", "called_off"})
"""Verdicts of results on a code under which nobody was inspected."""


class CodeGivesNoToken(Invalid):
    message = "凭这个检查码不能办理信用修复：{answer}"


class TokenNotGood(Forbidden):
    message = "办理凭证无效或已过期，请凭检查通知书上的检查码重新取得"


class TooManyTokens(Refused):
    message = "24 小时内已为该经营主体签发 {count} 个办理凭证，请稍后再试，或到作出决定的部门窗口办理"


class TooMuchEvidence(Refused):
    message = "一个办理凭证至多上传 {most} 份、合计 {most_mb} MB 的材料"


class EvidenceTypeWrong(Invalid):
    message = "证明材料只收 PDF、JPEG、PNG 文件，按内容识别"


class EvidenceOfOthers(Invalid):
    message = "摘要为 {digest} 的文件不是凭本经营主体的办理凭证上传的，请先上传"


class RepairElsewhere(Refused):
    message = "该信用信息由“{origin}”提供，请向其申请修复，修复后本平台随之更新"


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """What results says of a code: whom it speaks for. `answer` is a Chinese sentence."""

    verdict: str
    answer: str
    entity_id: UUID | None
    visit_id: UUID | None


@dataclass(frozen=True, slots=True)
class RepairToken:
    """`digest`: SHA-256 (hex) of the secret that only the firm has. `bytes` counts what was sent under it."""

    digest: str
    entity_id: UUID
    visit_id: UUID
    issued_at: datetime
    expires_at: datetime
    files: int = 0
    bytes: int = 0

    @property
    def room(self) -> int:
        """Bytes that one more file may have. Raises TooMuchEvidence."""
        left = min(FILE_LIMIT, MOST_BYTES - self.bytes)
        if self.files >= MOST_FILES or left <= 0:
            raise TooMuchEvidence(most=MOST_FILES, most_mb=MOST_BYTES // 2**20)
        return left


def new_token(holder: CodeHolder, digest: str, recent: int, at: datetime) -> RepairToken:
    """`recent`: tokens the entity was given in the last 24 hours. Raises CodeGivesNoToken, TooManyTokens."""
    if holder.entity_id is None or holder.visit_id is None or holder.verdict in _USELESS:
        raise CodeGivesNoToken(answer=holder.answer)
    if recent >= MOST_TOKENS:
        raise TooManyTokens(count=recent)
    return RepairToken(digest, holder.entity_id, holder.visit_id, at, at + LIFETIME)


def check_type(head: bytes) -> None:
    """`head`: the first `HEAD_BYTES` of a file. Raises EvidenceTypeWrong."""
    if not head.startswith(_HEADS):
        raise EvidenceTypeWrong
