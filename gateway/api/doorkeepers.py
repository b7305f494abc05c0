"""What lives as long as a process of the door does; `gateway.opening` opens and closes it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.adapters.access_log import AccessLog
from gateway.adapters.issuer import Issuer
from gateway.adapters.upstream import Upstreams
from gateway.api.callers import Callers
from gateway.domain.refusals import Refusals
from gateway.usecases.guard import Guard


@dataclass(slots=True)
class Doorkeepers:
    """Reached through the application's state, as they open after it is made."""

    upstreams: Upstreams
    guard: Guard
    callers: Callers
    log: AccessLog
    refusals: Refusals
    issuer: Issuer | None
