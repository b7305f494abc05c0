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
from services.credit.domain.restrictions import KeptAnswer
from services.credit.usecases.check_restrictions import Asked, check_restriction, check_restrictions
from shared.runtime.http import caller
from shared.runtime.principal import Principal

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_LONGEST_KEY: Final = 64
_LONGEST_AREA: Final = 60
_ISO_DAY: Final = 10
"""`date.fromisoformat` reads more forms than RFC 3339 has; this length leaves the one."""
_OF_QUERY: Final = frozenset({"area", "on"})
_OF_CHECK: Final = frozenset({"uscc", "area", "on"})


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
    if len(given) != len(query) or not query.keys() <= _OF_QUERY:
        return None
    return _asked({"uscc": request.path_params["uscc"], **query})


def _asked_in_body(body: bytes) -> list[Asked] | None:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(content, dict) or content.keys() != {"checks"} or not isinstance(content["checks"], list):
        return None
    asked = [_asked(one) for one in content["checks"]]
    return None if None in asked else [one for one in asked if one is not None]


def _asked(one: Any) -> Asked | None:
    """None where anything but a plain question stands."""
    if not isinstance(one, dict) or not one.keys() <= _OF_CHECK:
        return None
    key, area, on = one.get("uscc"), one.get("area"), one.get("on")
    if not isinstance(key, str) or not isinstance(area, str) or len(key) > _LONGEST_KEY or len(area) > _LONGEST_AREA:
        return None
    if on is None:
        return Asked(key, area, None)
    try:
        return Asked(key, area, date.fromisoformat(on)) if isinstance(on, str) and len(on) == _ISO_DAY else None
    except ValueError:
        return None
