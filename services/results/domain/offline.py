"""Records prepared without a connection and sent later (离线录入, B13): the device makes the id and notes the time of
capture; sending twice is sending once; what comes late says why (深府规〔2025〕6号: ten days, with a reason)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.results.domain.content import Content
from services.results.domain.content_rules import TimesContradict
from services.results.domain.signatures import content_digest
from shared.values.errors import Invalid, Refused

AT_ONCE: Final = timedelta(hours=24)
"""Sent within this after capture, a record needs no reason."""
AT_MOST: Final = timedelta(days=10)


class BackfillReasonNeeded(Invalid):
    message = "离线记录在采集 {hours} 小时之后才上传，必须写明补录原因"


class BackfillTooLate(Invalid):
    """Nothing is lost by it: the officers enter the same record online, as today's entry, and say so in its note."""

    message = "离线记录采集于 {days} 天之前，超过补录期限 10 天；请在线录入，并在情况说明中写明经过"


class OfflineRecordDiffers(Refused):
    message = "这份离线记录已经上传过，内容不同；要改动的请修改已有记录"


@dataclass(frozen=True, slots=True)
class OfflineStamp:
    """What the device adds. `reason` may be empty when sent in time."""

    client_record_id: UUID
    captured_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OfflineEntry:
    """As it is kept with the record it became."""

    record_id: UUID
    stamp: OfflineStamp
    content_digest: str
    received_at: datetime
    sent_by: str

    def require_same(self, content: Content) -> None:
        """Raises OfflineRecordDiffers."""
        if content_digest(content) != self.content_digest:
            raise OfflineRecordDiffers


def check_stamp(stamp: OfflineStamp, content: Content, now: datetime) -> None:
    """Raises TimesContradict, BackfillReasonNeeded, BackfillTooLate."""
    if stamp.captured_at > now:
        raise TimesContradict(what="采集时间晚于现在")
    if stamp.captured_at < content.started_at:
        raise TimesContradict(what="采集时间早于检查开始")
    late = now - stamp.captured_at
    if late > AT_MOST:
        raise BackfillTooLate(days=late.days)
    if late > AT_ONCE and not stamp.reason:
        raise BackfillReasonNeeded(hours=int(late / timedelta(hours=1)))
