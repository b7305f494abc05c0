"""The draw page (抽取公示): one address, three states (`experience.md` 2), out of the log's documents and their lists.

Nothing here rolls or guesses: what is not public yet is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.draw_page_documents import (
    DrawState,
    LogDocument,
    commitment_of,
    first_of,
    last_of,
    number_and_title,
    state_after,
)
from services.disclosure.domain.draw_page_result import ResultRows, names_in, read_result
from services.disclosure.domain.draw_page_rules import strata_rows, team_words
from services.disclosure.domain.draw_page_views import (
    KIND_NAMES,
    STATE_NAMES,
    BeaconView,
    DocumentLine,
    DrawNotPublic,
    DrawPage,
    DrawSources,
    Exchange,
    Moment,
    PartyView,
    Phase,
    SkipView,
)
from services.disclosure.domain.draw_steps import six_steps

LIVE_BEFORE: Final = timedelta(minutes=30)
"""The page turns to the ceremony so long before the shares close."""


def draw_page(sources: DrawSources, now: datetime) -> DrawPage:
    """Raises DrawNotPublic without a commitment."""
    documents = sources.documents
    if first_of(documents, "commitment") is None:
        raise DrawNotPublic
    commitment = commitment_of(documents)
    members, state = commitment.members, state_after(documents)
    number, title = number_and_title(commitment)
    rows = _rows(sources, members)
    result, void = last_of(documents, "result"), last_of(documents, "void")
    strata = strata_rows(members)
    return DrawPage(
        draw_id=sources.draw_id,
        task_id=str(members["task_id"]),
        number=number,
        title=sources.side.title or title,
        phase=phase_of(state, members, now),
        state=state,
        state_name=STATE_NAMES[state],
        suite=commitment.suite,
        owner=_name(sources, sources.side.owner_department),
        participants=tuple(_name(sources, code) for code in sources.side.participants),
        note=str(members.get("note", "")),
        pool_size=sum(int(one["size"]) for one in members["strata"]),
        strata=strata,
        teams=tuple(line for scope in members["scopes"] for line in team_words(scope, sources.names)),
        batches=max((int(scope.get("batches", 1)) for scope in members["scopes"]), default=1),
        balance="按本年已有工作量均衡" if members["match"]["balance"] == "year" else "按本次抽取的工作量均衡",
        window_start=sources.side.window_start,
        window_end=date.fromisoformat(members["window_end"]),
        committed_at=commitment.published_at,
        commit_hash=commitment.digest,
        min_shares=int(members["min_shares"]),
        parties=_parties(sources, members),
        beacons=_beacons(sources, members),
        moments=_moments(members),
        steps=six_steps(documents, sources.side.steps, None if rows is None else rows.matched),
        drawn=() if rows is None else rows.drawn,
        matched=None if rows is None else rows.matched,
        seed=None if result is None else str(result.members["seed"]),
        result_hash=None if result is None else str(result.members["result_hash"]),
        result_version=0 if result is None else int(result.members["version"]),
        rows=rows,
        skips=_skips(sources, rows),
        documents=tuple(
            DocumentLine(one.log_seq, one.kind, KIND_NAMES.get(one.kind, one.kind), one.digest, one.published_at)
            for one in documents
        ),
        void_reason=None if void is None else str(void.members["reason"]),
        void_at=None if void is None else void.published_at,
        void_is_late=bool(void is not None and void.members.get("late")),
        void_asked_at=next((one.acted_at for one in sources.side.steps if one.step == "request_void"), None),
        replaces=_uuid(members.get("replaces")),
        replaced_by=sources.replaced_by,
        is_settled=sources.side.last_seq == documents[-1].log_seq,
        last_seq=documents[-1].log_seq,
        named=sum(one.name is not None for one in (() if rows is None else rows.drawn)),
    )


def phase_of(state: DrawState, members: Mapping[str, Any], now: datetime) -> Phase:
    """Live from half an hour before the shares close until the result."""
    if state in (DrawState.PUBLISHED, DrawState.VOID):
        return Phase.AFTER
    closing = datetime.fromisoformat(members["reveal_deadline"])
    is_early = state is DrawState.COMMITTED and now < closing - LIVE_BEFORE
    return Phase.BEFORE if is_early else Phase.LIVE


def _name(sources: DrawSources, code: str) -> str:
    return sources.names.get(code, code)


def _uuid(value: object) -> UUID | None:
    try:
        return None if value is None else UUID(str(value))
    except ValueError:
        return None


def _rows(sources: DrawSources, members: Mapping[str, Any]) -> ResultRows | None:
    if sources.lists.result_text is None:
        return None
    return read_result(sources.lists.result_text, names_in(sources.lists.openings or (), members["columns"]))


def _moments(members: Mapping[str, Any]) -> tuple[Moment, ...]:
    found = [Moment("见证份额截止", datetime.fromisoformat(members["reveal_deadline"]))]
    found += [
        Moment(f"公共随机源“{one['id']}”产生", datetime.fromisoformat(one["not_before"])) for one in members["beacons"]
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def _parties(sources: DrawSources, members: Mapping[str, Any]) -> tuple[PartyView, ...]:
    told = {one.id: one for one in sources.side.parties}
    shares = first_of(sources.documents, "shares")
    given = {one["party"]: one["value"] for one in (shares.members["shares"] if shares else ())}
    views = []
    for one in members["parties"]:
        party = told.get(one["id"])
        kind = "" if party is None else ("承办单位以外" if party.is_outside else "承办单位")
        name = one["id"] if party is None else party.name
        views.append(PartyView(one["id"], name, kind, one["commit"], given.get(one["id"])))
    return tuple(views)


def _beacons(sources: DrawSources, members: Mapping[str, Any]) -> tuple[BeaconView, ...]:
    beacon = first_of(sources.documents, "beacon")
    values = {one["id"]: one["value"] for one in (beacon.members["beacons"] if beacon else ())}
    read = {one.id: one.source for one in sources.side.beacons}
    return tuple(
        BeaconView(
            one["id"],
            one["ref"],
            datetime.fromisoformat(one["not_before"]),
            values.get(one["id"]),
            read.get(one["id"]),
        )
        for one in members["beacons"]
    )


def _skips(sources: DrawSources, rows: ResultRows | None) -> tuple[SkipView, ...]:
    """One a substitution document, in order: the k-th belongs to version k of the result."""
    people = {one.version: one for one in sources.side.exchanges}
    documents = [one for one in sources.documents if one.kind == "substitution"]
    names = {} if rows is None else {one.token: one.name for one in rows.drawn if one.name}
    return tuple(
        _skip(document, people.get(version), names, rows, sources.names)
        for version, document in enumerate(documents, start=1)
    )


def _skip(
    document: LogDocument,
    people: Exchange | None,
    names: Mapping[str, str],
    rows: ResultRows | None,
    departments: Mapping[str, str],
) -> SkipView:
    token = str(document.members["drop"])
    exchanged = () if rows is None else rows.exchanged
    substitutes = tuple(one.substitute or "" for one in exchanged if one.dropped == token)
    requested = confirmed = approved = ""
    if people is not None:
        asker = people.requested_department
        requested = f"{departments.get(asker, asker) if asker else '名录库信息变动'}，{_at(people.requested_at)}"
        second = people.confirmed_department
        confirmed = (
            "" if second is None else f"{departments.get(second, second) or WITNESS_SIDE}，{_at(people.confirmed_at)}"
        )
        approved = f"承办单位第三人，{_at(people.approved_at)}"
    return SkipView(
        document.log_seq,
        document.published_at,
        token,
        names.get(token),
        "inspector" in document.members,
        str(document.members["reason"]),
        substitutes,
        requested,
        confirmed,
        approved,
    )


WITNESS_SIDE: Final = "见证方"
_SHANGHAI_OFFSET: Final = timedelta(hours=8)


def _at(moment: datetime | None) -> str:
    if moment is None:
        return "时间未记"
    local = moment + (_SHANGHAI_OFFSET - (moment.utcoffset() or timedelta()))
    return f"{local.month}月{local.day}日 {local:%H:%M}"
