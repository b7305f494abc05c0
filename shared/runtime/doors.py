"""What a route takes in: an act, a reading, the process. Each names the caller's principal."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header, Request

from shared.runtime.act import Act, request_digest
from shared.runtime.audit_refused import keep_read, reads_are_kept
from shared.runtime.http import Caller
from shared.runtime.service import Process
from shared.runtime.unit_of_work import UnitOfWork


async def act(
    request: Request,
    caller: Caller,
    idempotency_key: Annotated[str | None, Header(description="防重复提交的唯一键，重试时保持不变")] = None,
) -> Act[Any]:
    process: Process = request.app.state.process
    needed = request.method == "POST"
    return Act(caller, idempotency_key, needed, await request_digest(request), process.open)


CurrentAct = Annotated[Act[Any], Depends(act)]


async def reading(request: Request, caller: Caller) -> UnitOfWork:
    """A unit of work to read in, in the caller's name: `async with work: ...` without commit. Some reads leave an audit
    row first (`audit_refused`)."""
    process: Process = request.app.state.process
    route = str(getattr(request.scope.get("route"), "path", ""))
    if reads_are_kept(caller, route, process.service.personal_reads):
        await keep_read(process.open(caller), f"{request.method} {route}", request.path_params)
    work: UnitOfWork = process.open(caller)
    return work


Reading = Annotated[Any, Depends(reading)]


async def the_process(request: Request) -> Process:
    process: Process = request.app.state.process
    return process


CurrentProcess = Annotated[Process, Depends(the_process)]
