"""SEC1, SEC15, SEC17: every route of every service, as the application has it, knocked at with nothing and with worse.

The list comes from the applications themselves, documented or not, so a new route is in it the day it is written.
"""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from deploy import topology
from gateway.domain.policy import read_policy
from gateway.main import POLICY
from tests.builders.people import the_service
from tests.contract.examples import METHODS, application, operations, routes_of
from tests.security.conftest import House
from tests.security.knocking import an_allrounder, filled, worthless_tokens
from tests.support.served import Served

HEALTH = {"/health/live", "/health/ready", "/version", "/metrics", "/openapi.json"}
PORTAL = {
    rule.template
    for rule in read_policy(POLICY).rules
    if rule.service == "disclosure" and rule.public and not rule.template.startswith("/v1/")
}
"""Pages, files and feeds for everybody: their database holds nothing that is not public."""
OPEN = {name: HEALTH for name in topology.SERVICES} | {
    "disclosure": HEALTH | PORTAL,
    "gateway": HEALTH
    | {"/developers", "/docs", "/oauth2/token", "/oauth2/sign-in", "/oauth2/callback", "/problems/{code}"},
}
"""All that answers without a token. A service's port is reached by the gateway, its peers and the machine's probes
only; `/problems/…` are the pages that refusals point to. What of the gateway's can be seen from outside is held by
`tests/security/test_the_door.py`."""


def routes(name: str) -> list[tuple[str, str]]:
    """(method, template) of every route of the application, but HEAD beside its GET."""
    return [
        (method, str(route.path))
        for route in routes_of(application(name))
        for method in sorted(route.methods or ())
        if method != "HEAD"
    ]


def closed(name: str) -> list[tuple[str, str]]:
    return [(method, path) for method, path in routes(name) if path not in OPEN[name]]


@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_nothing_but_health_and_sign_in_is_open(name: str) -> None:
    documented = {(operation.method.upper(), operation.path) for operation in operations() if operation.service == name}
    assert documented <= set(routes(name))
    undocumented = {path for method, path in set(routes(name)) - documented}
    assert undocumented <= OPEN[name], "a route outside the document needs a reason here"
    assert all(method.lower() in METHODS for method, _ in routes(name))


async def knock(service: Served, method: str, path: str, token: str | None) -> httpx2.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    transport = httpx2.ASGITransport(app=service.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://service", headers=headers) as client:
        return await client.request(method, path)


@pytest.mark.parametrize("name", topology.PRODUCERS)
async def test_every_route_is_closed_to_whoever_brings_no_token_that_holds(house: House, name: str) -> None:
    service = house[name]
    tokens: dict[str, str | None] = {"none": None}
    tokens |= worthless_tokens(service.platform, name, tuple(service.process.service.answers))
    wrong: list[str] = []
    for method, template in closed(name):
        path = filled(template)
        answers = await asyncio.gather(*(knock(service, method, path, token) for token in tokens.values()))
        wrong += [
            f"{method} {template}: {answer.status_code} with a token that is {kind}"
            for kind, answer in zip(tokens, answers, strict=True)
            if answer.status_code != 401 or answer.json()["code"] != "request.not_signed_in"
        ]
    assert closed(name)
    assert wrong == []


@pytest.mark.parametrize("name", topology.PRODUCERS)
async def test_internal_routes_are_closed_to_officers_whatever_they_are(house: House, name: str) -> None:
    """SEC17: an officer's token is good at the door, and no more than that behind it."""
    internal = [(method, path) for method, path in closed(name) if path.startswith("/internal/")]
    assert ("GET", "/internal/v1/events") in internal
    wrong: list[str] = []
    async with house[name].client(an_allrounder("mengjin")) as client:
        for method, template in internal:
            answer = await client.request(method, filled(template))
            if (answer.status_code, answer.json()["code"]) != (403, "request.services_only"):
                wrong.append(f"{method} {template}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("name", [name for name in topology.SERVICES])
async def test_a_listed_service_is_heard(house: House, name: str) -> None:
    """The tests above would pass at a door that lets nobody in."""
    answers = house[name].process.service.answers
    if not answers:
        assert not any(name in (*other.process.service.asks, *other.process.service.hears) for other in house.values())
        return
    caller = answers[0]
    async with house[name].client(the_service(caller, "nowhere")) as client:
        answer = await client.get("/internal/v1/events")
    assert answer.status_code == 200
