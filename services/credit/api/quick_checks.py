"""The short way of restriction checks: a plain question is read by hand, anything else goes the usual way.

Other systems wait for this answer at their counters, and reading parameters and models costs more than the query. What
is read here reads the same there; what is not plain (an unknown parameter, a wrong type, `known_at`) is left to the
usual way, which says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import date
from typing import Any, Final

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from services.credit.domain.proofs import digest_header
from services.credit.domain.restrictions import Asked, KeptAnswer
from services.credit.usecases.check_restrictions import check_restriction, check_restrictions
from shared.runtime.http import caller
from shared.runtime.principal import Principal

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_LONGEST_KEY: Final = 64
_LONGEST_AREA: Final = 60
_ISO_DAY: Final = 10
"""`date.fromisoformat` reads more forms than RFC 3339 has; this length leaves the one."""
_NEEDED: Final = 2
"""`uscc` and `area`; besides these a check may have `on` and nothing else."""


class QuickCheck(APIRoute):
    """`GET …/restrictions`."""

    def get_route_handler(self) -> Handler:
        usual = super().get_route_handler()

        async def quick(request: Request) -> Response:
            asked = _asked_in_query(request)
            if asked is None:
                return await usual(request)
            return shown(await check_restriction(asked, None, await _work(request)))

        return quick


class QuickChecks(APIRoute):
    """`POST /v1/restriction-checks`."""

    def get_route_handler(self) -> Handler:
        usual = super().get_route_handler()

        async def quick(request: Request) -> Response:
            work = await _work(request)
            asked = None if request.query_params else _asked_in_body(await request.body())
            if asked is None:
                return await usual(request)
            return shown(await check_restrictions(asked, None, work))

        return quick


def shown(answer: KeptAnswer) -> Response:
    """The very bytes that were kept, with their digest (RFC 9530) and the signature over it (RFC 9421)."""
    headers = {"Repr-Digest": digest_header(bytes.fromhex(answer.digest))}
    if answer.proof is not None:
        headers |= {"Signature-Input": answer.proof.input_header, "Signature": answer.proof.signature_header}
    return Response(answer.body, headers=headers, media_type="application/json")


async def _work(request: Request) -> Any:
    """A unit of work in the caller's name. Raises NotSignedIn."""
    other: Callable[[], Awaitable[Principal]] | None = request.app.dependency_overrides.get(caller)
    return request.app.state.process.open(await (caller(request) if other is None else other()))


def _asked_in_query(request: Request) -> Asked | None:
    query = request.query_params
    given = query.multi_items()
    if len(given) != len(query) or "uscc" in query:
        return None
    asked = _asked([{"uscc": request.path_params["uscc"], **query}])
    return asked[0] if asked else None


def _asked_in_body(body: bytes) -> list[Asked] | None:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(content, dict) or content.keys() != {"checks"} or not isinstance(content["checks"], list):
        return None
    return _asked(content["checks"])


def _asked(checks: list[Any]) -> list[Asked] | None:
    """None where anything but plain questions stands. A day is read once, however often it is asked about."""
    days: dict[str | None, date | None] = {None: None}
    asked: list[Asked] = []
    try:
        for one in checks:
            key, area, on = one["uscc"], one["area"], one.get("on")
            if not type(key) is type(area) is str or len(one) - ("on" in one) != _NEEDED:
                return None
            if on not in days:
                days[on] = _day(on)
            if len(key) > _LONGEST_KEY or len(area) > _LONGEST_AREA:
                return None
            asked.append((key, area, days[on]))
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
    return asked


def _day(on: Any) -> date:
    """Raises ValueError, TypeError."""
    if len(on) != _ISO_DAY:
        raise ValueError(on)
    return date.fromisoformat(on)
