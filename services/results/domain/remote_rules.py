"""“No visit needed” (无事不扰, B15): data is compared, the firm corrects, a re-check settles it. The visit stays in the
drawn sample and counts as done remotely."""

from __future__ import annotations

from datetime import date

from services.results.domain.content import Content, Outcome
from services.results.domain.vocabulary import ON_SITE, PROBLEM, Vocabulary
from shared.values.errors import Invalid


class RemoteIncomplete(Invalid):
    message = "以数据比对代替上门的，要写明比对发现的不一致、通知企业、企业改正和复核的日期"


class RemoteMisplaced(Invalid):
    message = "只有检查情况为“非现场完成”的才填写数据比对和改正的经过"


class RemoteOnSite(Invalid):
    message = "检查方式是实地核查的，检查情况不能是“非现场完成”"


class RemoteDatesWrong(Invalid):
    message = "数据比对的日期应依次为：通知企业、企业改正、复核，且不晚于今天"


class RemoteUnresolved(Invalid):
    message = "事项“{item_name}”的问题“{text}”尚待处理，不能以数据比对代替上门检查"


def check_remote(content: Content, method_kind: str, today: date) -> None:
    """Raises RemoteIncomplete, RemoteMisplaced, RemoteOnSite, RemoteDatesWrong."""
    told = content.remote
    if content.outcome is not Outcome.REMOTE:
        if told is not None:
            raise RemoteMisplaced
        return
    if told is None or not told.mismatch:
        raise RemoteIncomplete
    if method_kind == ON_SITE:
        raise RemoteOnSite
    if not told.notified_on <= told.corrected_on <= told.rechecked_on <= today:
        raise RemoteDatesWrong


def check_remote_resolved(content: Content, outcomes: Vocabulary) -> None:
    """What the firm has not put right needs a visit. Raises RemoteUnresolved."""
    if content.outcome is not Outcome.REMOTE:
        return
    for item in content.items:
        for row in map(outcomes.one, item.outcome_codes):
            if row.kind == PROBLEM and row.needs_follow_up:
                raise RemoteUnresolved(item_name=item.item_name, text=row.text)
