"""What a record must satisfy: `check_draft` when it is saved, `check_complete` when its officers stand by it.

A draft may be unfinished; nothing in it is ever filled in for the officer. What is there must already be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.results.domain.content import Content, ItemResult, ListingDecision, Outcome
from services.results.domain.remote_rules import check_remote, check_remote_resolved
from services.results.domain.vocabulary import COMMISSIONED, ON_SITE, PROBLEM, RELIANCE, Vocabularies, Vocabulary
from shared.values.errors import Invalid


class TimesContradict(Invalid):
    message = "时间前后矛盾：{what}"


class ItemNotAssigned(Invalid):
    message = "事项 {item_id} 不在这次检查本部门的任务之内"


class ItemRepeated(Invalid):
    message = "事项“{item_name}”重复录入"


class FindingWithoutOutcome(Invalid):
    message = "事项“{item_name}”的问题对应的检查结果“{code}”没有选择，或不是“发现问题”一类"


class SeverityOutOfRange(Invalid):
    message = "问题的严重程度应为 1 至 5，现为 {severity}"


class ItemsOfUninspected(Invalid):
    message = "检查对象“{outcome}”时没有实施检查，不能录入事项结果"


class MustBeOnSite(Invalid):
    message = "检查对象“{outcome}”只能由检查人员实地核查认定"


class ListingPeriodWrong(Invalid):
    message = "列入期限的截止日期必须晚于决定日期 {decided_on}"


class ListingInFuture(Invalid):
    message = "列入决定日期 {decided_on} 晚于今天"


class ItemsWithoutOutcome(Invalid):
    """An item nobody answered is not "normal": it blocks the submission. `errors` names each."""

    message = "还有 {count} 个事项没有检查结果，不能提交"

    def __init__(self, item_ids: Sequence[UUID]) -> None:
        self.errors = [
            {"pointer": f"/items/{item_id}", "code": "results.item_without_outcome", "message": "没有检查结果"}
            for item_id in item_ids
        ]
        super().__init__(count=len(item_ids), item_ids=[str(item_id) for item_id in item_ids])


class ProblemWithoutFinding(Invalid):
    message = "事项“{item_name}”的检查结果“{text}”没有写明发现的问题"


class Unfinished(Invalid):
    message = "还不能提交，缺少：{what}"


class ListingWithoutGroundInResult(Invalid):
    """Listing is a decision on what was found (C3): a result without any problem carries none."""

    message = "检查结果没有发现问题，不能附列入名单的决定"


_CONCLUSION = "结果形成日期"
_GONE_CHINESE = {Outcome.CLOSED: "已关闭停业", Outcome.MOVED: "已迁出", Outcome.NOT_FOUND: "无法联系"}


def check_draft(content: Content, item_ids: Sequence[UUID], vocabularies: Vocabularies, now: datetime) -> None:
    """What holds for every saved revision.

    Raises TimesContradict, CodeUnknown, CodeIsHeading, OutcomesContradict, ItemNotAssigned, ItemRepeated,
    FindingWithoutOutcome, SeverityOutOfRange, ItemsOfUninspected, MustBeOnSite, ListingPeriodWrong, ListingInFuture,
    RemoteIncomplete, RemoteMisplaced, RemoteOnSite, RemoteDatesWrong.
    """
    _check_times(content, now)
    method = vocabularies.methods.one(content.method)
    if content.outcome.is_gone:
        _check_gone(content, method.kind)
    check_remote(content, method.kind, now.date())
    seen: set[UUID] = set()
    for item in content.items:
        if item.item_id not in item_ids:
            raise ItemNotAssigned(item_id=item.item_id)
        if item.item_id in seen:
            raise ItemRepeated(item_name=item.item_name)
        seen.add(item.item_id)
        _check_item(item, vocabularies.outcomes)
    if content.listing is not None:
        check_listing(content.listing, vocabularies.lists, now)


def check_complete(
    content: Content, item_ids: Sequence[UUID], vocabularies: Vocabularies, *, is_concluded: bool = True
) -> None:
    """What must hold before officers submit; with `is_concluded` False, before they sign what has no date yet.

    Raises ItemsWithoutOutcome, ProblemWithoutFinding, RemoteUnresolved, Unfinished, ListingWithoutGroundInResult.
    """
    missing = [
        name
        for name in _missing(content, vocabularies.methods.one(content.method).kind)
        if is_concluded or name != _CONCLUSION
    ]
    if missing:
        raise Unfinished(what="、".join(missing))
    if not content.outcome.is_gone:
        _check_items_answered(content.items, item_ids, vocabularies.outcomes)
    check_remote_resolved(content, vocabularies.outcomes)
    if content.listing is not None and not is_adverse(content, vocabularies.outcomes):
        raise ListingWithoutGroundInResult


def check_listing(listing: ListingDecision, lists: Vocabulary, now: datetime) -> None:
    """Raises CodeUnknown, ListingPeriodWrong, ListingInFuture."""
    lists.one(listing.list_code)
    if listing.ends_on is not None and listing.ends_on <= listing.decided_on:
        raise ListingPeriodWrong(decided_on=listing.decided_on)
    if listing.decided_on > now.date():
        raise ListingInFuture(decided_on=listing.decided_on)


def is_adverse(content: Content, outcomes: Vocabulary) -> bool:
    """Whether the result says something against the object, so that a listing can rest on it."""
    if content.outcome.is_gone:
        return True
    return any(outcomes.one(code).kind == PROBLEM for item in content.items for code in item.outcome_codes)


def _check_times(content: Content, now: datetime) -> None:
    """`now` is in Asia/Shanghai, so its date is today's."""
    last = content.ended_at or content.started_at
    if last < content.started_at:
        raise TimesContradict(what="结束时间早于开始时间")
    if last > now:
        raise TimesContradict(what="检查时间晚于现在")
    if content.concluded_on is not None:
        if content.concluded_on < content.visited_on:
            raise TimesContradict(what="结果形成日期早于检查日期")
        if content.concluded_on > now.date():
            raise TimesContradict(what="结果形成日期晚于今天")


def _check_gone(content: Content, method_kind: str) -> None:
    chinese = _GONE_CHINESE[content.outcome]
    if content.items:
        raise ItemsOfUninspected(outcome=chinese)
    if method_kind != ON_SITE:
        raise MustBeOnSite(outcome=chinese)


def _check_item(item: ItemResult, outcomes: Vocabulary) -> None:
    chosen = outcomes.compatible(item.outcome_codes)
    problems = {row.code for row in chosen if row.kind == PROBLEM}
    for finding in item.findings:
        if finding.outcome_code not in problems:
            raise FindingWithoutOutcome(item_name=item.item_name, code=finding.outcome_code)
        if not 1 <= finding.severity <= 5:
            raise SeverityOutOfRange(severity=finding.severity)


def _check_items_answered(items: Sequence[ItemResult], item_ids: Sequence[UUID], outcomes: Vocabulary) -> None:
    answered = {item.item_id for item in items if item.outcome_codes}
    open_items = [item_id for item_id in item_ids if item_id not in answered]
    if open_items:
        raise ItemsWithoutOutcome(open_items)
    for item in items:
        described = {finding.outcome_code for finding in item.findings}
        for row in map(outcomes.one, item.outcome_codes):
            if row.kind == PROBLEM and row.code not in described:
                raise ProblemWithoutFinding(item_name=item.item_name, text=row.text)


def _missing(content: Content, method_kind: str) -> list[str]:
    wanted = {
        "结束时间": content.ended_at is not None,
        _CONCLUSION: content.concluded_on is not None,
        "检查地点": bool(content.place) or method_kind != ON_SITE,
        "情况说明（未能实施检查的经过）": bool(content.note) or not content.outcome.is_gone,
        "所依据结论的出处": bool(content.references) or method_kind != RELIANCE,
        "受托的专业机构": bool(content.third_parties) or content.method != COMMISSIONED,
        "受托机构的报告": all(party.report for party in content.third_parties),
    }
    return [name for name, is_there in wanted.items() if not is_there]
