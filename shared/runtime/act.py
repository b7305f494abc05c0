"""The door of every act over HTTP: who, under which key, what it answers.

A POST that creates or acts needs an `Idempotency-Key`. The answer is written in the business transaction, so a retry
after any crash hears exactly what was done, or the act is done now; there is no third case. Of two requests with one
key at a time the second is told 409 (an advisory lock held by the transaction, gone with it).
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import text

from shared.runtime.audit_refused import add_row, told_of
from shared.runtime.last_words import Answer, KeptAnswer
from shared.runtime.principal import Principal
from shared.runtime.problems import (
    MEDIA_TYPE,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    RequestInFlight,
    problem_body,
    status_of,
)
from shared.runtime.unit_of_work import UnitOfWork
from shared.values.errors import DomainError

_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")
_KEPT = text("SELECT request_digest, status, body, headers FROM idempotency_keys WHERE caller = :caller AND key = :key")
MAX_KEY = 200

U = TypeVar("U", bound=UnitOfWork)
C = TypeVar("C")
R = TypeVar("R")


class _Replayed(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Act(Generic[U]):
    """One act of one caller. Routes hand it a use case and a command, and return what it returns."""

    principal: Principal
    key: str | None
    key_needed: bool
    """A POST needs its key; a PUT, PATCH or DELETE on a version is safe without, and may bring one."""
    request_digest: bytes
    open: Callable[[Principal], U]

    async def run(
        self,
        use_case: Callable[[C, U], Awaitable[R]],
        command: C,
        *,
        shows: Callable[[R], BaseModel | None],
        status: int = 200,
        headers: Callable[[R], Mapping[str, str]] = lambda _: {},
    ) -> Response:
        """Runs `use_case(command, uow)` once for the key. Raises the domain's errors; refusals are kept too."""
        if (self.key_needed and not self.key) or len(self.key or "") > MAX_KEY:
            raise IdempotencyKeyMissing
        work = self.open(self.principal)
        if self.key:
            work.on_opened = self._claim
        work.acting(use_case.__name__, command)

        def render(subject: Any) -> Answer:
            shown = shows(subject)
            return Answer(status, "" if shown is None else shown.model_dump_json(), dict(headers(subject)))

        work.kept = KeptAnswer(self.key or None, self.request_digest, render)
        try:
            await use_case(command, work)
        except _Replayed as replay:
            return _response(replay.answer)
        except DomainError as refusal:
            await self._keep_refusal(use_case.__name__, command, refusal)
            raise
        if work.answer is None:
            raise RuntimeError(f"{use_case.__name__} returned without commit")
        return _response(work.answer)

    async def _claim(self, work: UnitOfWork) -> None:
        name = f"{self.principal.subject}\x00{self.key}".encode()
        lock = int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)
        free = (await work.connection.execute(_LOCK, {"lock": lock})).scalar_one()
        if not free:
            raise RequestInFlight
        found = await work.connection.execute(_KEPT, {"caller": self.principal.subject, "key": self.key})
        kept = found.one_or_none()
        if kept is None:
            return
        if bytes(kept.request_digest) != self.request_digest:
            raise IdempotencyKeyReused
        raise _Replayed(Answer(kept.status, kept.body, kept.headers))

    async def _keep_refusal(self, action: str, command: object, refusal: DomainError) -> None:
        """A refusal leaves its audit row (SEC12), and is an answer too, unless it was about the key itself."""
        if isinstance(refusal, RequestInFlight):
            return
        work = self.open(self.principal)
        if self.key and not isinstance(refusal, IdempotencyKeyReused) and status_of(refusal) < 500:
            answer = Answer(
                status_of(refusal), problem_body(refusal, self.principal.request_id), {"Content-Type": MEDIA_TYPE}
            )
            work.kept = KeptAnswer(self.key, self.request_digest, lambda _: answer, first_wins=True)
        async with work:
            await add_row(work, action, told_of(command), refusal.code)
            await work.commit()


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    media_type = headers.pop("Content-Type", "application/json" if answer.body else None)
    return Response(answer.body, answer.status, headers, media_type=media_type)


async def request_digest(request: Request) -> bytes:
    """What makes two requests the same: method, path, query and body."""
    line = f"{request.method}\n{request.url.path}\n{request.url.query}\n".encode()
    return hashlib.sha256(line + await request.body()).digest()
