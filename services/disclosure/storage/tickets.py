"""Data-error tickets. What the reporter wrote, and an answer nobody has read yet, are sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.tickets import Outcome, ShownTicket, Subject, SubjectKind, Ticket, TicketState
from shared.runtime.database import Driver
from shared.runtime.sealed import seal_keys

_NAMES: Final = (
    *("id", "version", "owner_department", "number", "code_hash", "subject_kind", "subject_id", "words", "state"),
    *("opened_at", "due_on", "handler", "outcome", "answer", "answered_at", "moderator", "moderated_at", "is_shown"),
    *("opinion", "shown_answer"),
)
_ADD: Final = (
    f"INSERT INTO tickets (district, {', '.join(_NAMES)})"  # noqa: S608 - constants only
    f" VALUES ({', '.join(f'${n}' for n in range(1, len(_NAMES) + 2))}) ON CONFLICT DO NOTHING"
)
_SAVE: Final = (
    "UPDATE tickets SET version = $3, state = $4, handler = $5, outcome = $6, answer = $7, answered_at = $8,"
    " moderator = $9, moderated_at = $10, is_shown = $11, opinion = $12, shown_answer = $13"
    " WHERE district = $1 AND id = $2 AND version = $3 - 1"
)
_NOTE: Final = (
    "INSERT INTO tickets_history (district, owner_department, ticket_id, version, state, actor, acted_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
_FIND: Final = "SELECT * FROM tickets WHERE district = $1 AND id = $2"
_BY_CODE: Final = "SELECT * FROM tickets WHERE district = $1 AND code_hash = $2"
_WAITING: Final = (
    "SELECT count(*) FROM tickets WHERE district = $1 AND subject_kind = $2 AND subject_id = $3 AND state <> 'closed'"
)
_SHOW: Final = (
    "INSERT INTO ticket_answers (district, ticket_id, subject_kind, subject_id, outcome, answer, closed_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
)
_SHOWN: Final = (
    "SELECT outcome, answer, closed_at FROM ticket_answers WHERE district = $1 AND subject_kind = $2"
    " AND subject_id = $3 ORDER BY closed_at DESC LIMIT 50"
)
_PAGE: Final = (
    "SELECT * FROM tickets WHERE district = $1 AND ($2::text IS NULL OR state = $2)"
    " AND ($3::text IS NULL OR subject_kind = $3) AND ($4::text IS NULL OR owner_department = $4)"
    " AND ($5::date IS NULL OR state <> 'closed' AND due_on < $5) AND ($6::uuid IS NULL OR id > $6)"
    " ORDER BY id LIMIT $7"
)
_OWNER: Final = {
    SubjectKind.RESULT: "SELECT department FROM results WHERE district = $1 AND result_id::text = lower($2)",
    SubjectKind.PLAN: "SELECT initiator FROM plan_versions WHERE district = $1 AND plan_no = $2 LIMIT 1",
    SubjectKind.TASK: "SELECT initiator FROM tasks WHERE district = $1 AND task_no = $2",
    SubjectKind.DRAW: "SELECT coalesce(side::json ->> 'owner_department', '') FROM draws"
    " WHERE district = $1 AND draw_id::text = lower($2)",
    SubjectKind.ENTITY: "SELECT r.department FROM entities e JOIN results r ON r.district = e.district"
    " AND r.result_id = e.latest_id WHERE e.district = $1 AND (e.entity_id::text = lower($2) OR e.uscc = upper($2))",
}


class TicketRaced(RuntimeError):
    """A ticket was saved over a version that is not the next."""


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """None does not filter. `overdue_on`: not closed and due before that day."""

    state: str | None = None
    subject_kind: str | None = None
    department: str | None = None
    overdue_on: Any = None


class TicketStore:
    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district

    async def add(self, ticket: Ticket, actor: str) -> bool:
        """False where its code or number is taken: the form was sent twice."""
        values = _values(ticket)
        told = await self._driver.execute(_ADD, self._district, *[values[name] for name in _NAMES])
        if told.endswith(" 0"):
            return False
        await self._note(ticket, actor, ticket.opened_at)
        return True

    async def save(self, ticket: Ticket, actor: str, at: Any) -> None:
        """Raises TicketRaced unless the row is at the version before."""
        values = _values(ticket)
        names = ("version", "state", "handler", "outcome", "answer", "answered_at", "moderator", "moderated_at")
        row = [values[name] for name in (*names, "is_shown", "opinion", "shown_answer")]
        if (await self._driver.execute(_SAVE, self._district, ticket.id, *row)).endswith(" 0"):
            raise TicketRaced(str(ticket.id))
        await self._note(ticket, actor, at)
        if ticket.is_shown:
            shown = (values["subject_kind"], values["subject_id"], values["outcome"], ticket.shown_answer)
            await self._driver.execute(_SHOW, self._district, ticket.id, *shown, ticket.moderated_at)

    async def _note(self, ticket: Ticket, actor: str, at: Any) -> None:
        row = (ticket.department, ticket.id, ticket.version, ticket.state.value, actor, at)
        await self._driver.execute(_NOTE, self._district, *row)

    async def find(self, ticket_id: UUID, *, for_update: bool = False) -> Ticket | None:
        query = _FIND + (" FOR UPDATE" if for_update else "")
        return _ticket(await self._driver.fetchrow(query, self._district, ticket_id))

    async def by_code(self, hashed: bytes) -> Ticket | None:
        return _ticket(await self._driver.fetchrow(_BY_CODE, self._district, hashed))

    async def waiting(self, subject: Subject) -> int:
        return int(await self._driver.fetchval(_WAITING, self._district, subject.kind.value, subject.id))

    async def shown(self, subject: Subject) -> list[ShownTicket]:
        """Moderated answers, the newest first."""
        rows = await self._driver.fetch(_SHOWN, self._district, subject.kind.value, subject.id)
        return [ShownTicket(Outcome(row["outcome"]), row["answer"], row["closed_at"]) for row in rows]

    async def owner_of(self, subject: Subject) -> str | None:
        """Whose record it is, empty for the joint office's; None: there is no such record."""
        query = _OWNER.get(subject.kind)
        return "" if query is None else await self._driver.fetchval(query, self._district, subject.id)

    async def page(self, wanted: TicketFilter, size: int, after: UUID | None) -> Sequence[Ticket]:
        """In the order in which they came."""
        values = (wanted.state, wanted.subject_kind, wanted.department, wanted.overdue_on)
        rows = await self._driver.fetch(_PAGE, self._district, *values, after, size)
        return [found for row in rows if (found := _ticket(row)) is not None]


def _values(ticket: Ticket) -> dict[str, Any]:
    seal = seal_keys().seal
    names = ("id", "version", "number", "code_hash", "opened_at", "due_on", "handler", "answered_at", "moderator")
    more = ("moderated_at", "is_shown", "opinion", "shown_answer")
    return {name: getattr(ticket, name) for name in (*names, *more)} | {
        "owner_department": ticket.department,
        "subject_kind": ticket.subject.kind.value,
        "subject_id": ticket.subject.id,
        "words": seal(ticket.words),
        "state": ticket.state.value,
        "outcome": None if ticket.outcome is None else ticket.outcome.value,
        "answer": None if ticket.answer is None else seal(ticket.answer),
    }


def _ticket(row: Mapping[str, Any] | None) -> Ticket | None:
    if row is None:
        return None
    opened = seal_keys().open
    return Ticket(
        id=row["id"],
        version=row["version"],
        department=row["owner_department"],
        number=row["number"],
        code_hash=bytes(row["code_hash"]),
        subject=Subject(SubjectKind(row["subject_kind"]), row["subject_id"]),
        words=opened(bytes(row["words"])),
        opened_at=row["opened_at"],
        due_on=row["due_on"],
        state=TicketState(row["state"]),
        handler=row["handler"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        answer=None if row["answer"] is None else opened(bytes(row["answer"])),
        answered_at=row["answered_at"],
        moderator=row["moderator"],
        moderated_at=row["moderated_at"],
        is_shown=row["is_shown"],
        opinion=row["opinion"],
        shown_answer=row["shown_answer"],
    )
