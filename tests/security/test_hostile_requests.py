"""SEC7, SEC21, SEC23, SEC26: whatever stands in a request, the answer is a clear refusal in Chinese with a code.

Every operation of every service's document, as a process, with one thing wrong at a time (`hostile`): no answer is
5xx, no unknown field is taken, no address in a text is called.
"""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import httpx2
import orjson
import pytest

from deploy import topology
from shared.runtime.problems import MEDIA_TYPE
from tests.builders.people import the_service
from tests.contract.examples import Json, Operation, application, operations
from tests.security.hostile import Attempt, attempts, written
from tests.security.knocking import an_allrounder, filled, queries
from tests.security.street import Street

EVERY: Final = 8
"""Of the short run: one attempt in so many, another one of each operation."""
CHINESE: Final = re.compile("[\u4e00-\u9fff]")
LEAKS: Final = re.compile(r"Traceback|asyncpg|sqlalchemy|SELECT |INSERT |\.py\b|/usr/|/root/|pydantic", re.IGNORECASE)
TOKEN_OF_SERVICE: Final = {name: "registry" if name != "registry" else "draw" for name in topology.SERVICES}


def of(name: str) -> list[Operation]:
    """Those that can be reached: the gateway's internal ones cannot."""
    inside = name != topology.GATEWAY
    return [op for op in operations() if op.service == name and (inside or not op.path.startswith("/internal/"))]


class Knocker:
    """Asks a service as an officer who may do everything; its internal routes as a peer."""

    def __init__(self, street: Street, name: str) -> None:
        peer = the_service(TOKEN_OF_SERVICE.get(name, topology.GATEWAY), "mengjin")
        at_the_door = name == topology.GATEWAY
        who = an_allrounder("mengjin")
        self._officer = street.outside(who) if at_the_door else street.client(name, who)
        self._peer = street.client(name, peer)
        self._before = "/api/gateway" if at_the_door else ""

    def __enter__(self) -> Knocker:
        return self

    def __exit__(self, *_: object) -> None:
        self._officer.close()
        self._peer.close()

    def ask(self, attempt: Attempt) -> httpx2.Response | None:
        """None where the client itself would not send it."""
        operation = attempt.operation
        client = self._peer if operation.path.startswith("/internal/") else self._officer
        headers = [(name.encode(), value.encode("latin-1")) for name, value in attempt.headers.items()]
        path = (self._before if attempt.path.startswith("/v1/") else "") + attempt.path
        method = operation.method.upper()
        try:
            return client.request(method, path, params=attempt.query, headers=headers, content=attempt.body)
        except httpx2.LocalProtocolError:
            return None


def wrong_with(answer: httpx2.Response) -> str:
    """What is wrong with an answer; empty if nothing is."""
    if answer.status_code < 400:
        return ""
    if answer.status_code >= 500:
        return str(answer.status_code)
    if answer.headers.get("content-type") != MEDIA_TYPE:
        return f"{answer.status_code} as {answer.headers.get('content-type')}"
    problem = answer.json()
    if not problem["code"] or not CHINESE.search(problem["detail"]):
        return f"{answer.status_code} in {problem['detail']}"
    told = " ".join([problem["title"], problem["detail"], *(found["message"] for found in problem["errors"])])
    return f"tells {told}" if LEAKS.search(told) else ""


def sweep(street: Street, name: str, every: int = 1) -> tuple[list[str], Counter[int]]:
    """What went wrong, and how often each status was heard."""
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    with Knocker(street, name) as knocker:
        for number, operation in enumerate(of(name)):
            for place, attempt in enumerate(attempts(operation)):
                if (place + number) % every:
                    continue
                answer = knocker.ask(attempt)
                if answer is not None:
                    statuses[answer.status_code] += 1
                    wrong += [f"{attempt}: {found}"] if (found := wrong_with(answer)) else []
    return wrong, statuses


@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_a_hostile_request_is_refused_clearly(street: Street, name: str) -> None:
    wrong, statuses = sweep(street, name, EVERY)
    assert wrong == []
    assert statuses[422] > len(of(name)) // 4


@pytest.mark.slow
@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_every_hostile_request_is_refused_clearly(street: Street, name: str) -> None:
    """All eighteen thousand."""
    wrong, statuses = sweep(street, name)
    assert wrong == []
    assert statuses.total() > 20 * len(of(name))


NAMED: Final = {
    "id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90",
    "district": "elsewhere",
    "owner_department": "SLJ",
    "state": "published",
    "version": 7,
    "approved_by": "officer:me",
    "published_at": "2026-11-24T09:30:00+08:00",
    "__proto__": {"roles": ["system_admin"]},
}
"""Fields that only the server writes."""
REFUSALS: Final = {"request.extra_forbidden", "request.union_tag_invalid", "request.value_error"}
"""What a body says of an unknown member; the others, where its shape is chosen among several or read by a function."""
FREE: Final = {"conditions", "codes", "values", "content"}
"""Members whose names are the caller's to choose; whatever is in them is read by a rule of the domain."""
BY_HAND: Final = {"credit POST /v1/fact-imports", "results POST /v1/result-imports"}
"""Rows of a file in JSON: read by hand, a row at a time, each unknown member told in the report."""


def with_body(name: str) -> list[Operation]:
    return [op for op in of(name) if op.request_schema is not None and str(op) not in BY_HAND]


@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_fields_of_the_server_are_refused_wherever_they_stand(street: Street, name: str) -> None:
    """SEC7, mass assignment: beside the fields of the body and inside every object in it."""
    taken: list[str] = []
    with Knocker(street, name) as knocker:
        for operation in with_body(name):
            right = next(iter(attempts(operation)))
            for place, body in grown(orjson.loads(right.body or b"null")):
                answer = knocker.ask(Attempt(operation, place, right.path, right.query, right.headers, written(body)))
                assert answer is not None
                codes = {found["code"] for found in answer.json().get("errors", ())}
                free = not FREE.isdisjoint(place.split("/"))
                if answer.status_code < 400 or not (free or codes & REFUSALS):
                    taken.append(f"{operation}{place}: {answer.status_code} {codes}")
    assert taken == []


def grown(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """`value` with the server's fields in one of its objects at a time."""
    if isinstance(value, dict):
        yield place or "/", value | NAMED
        for name, part in value.items():
            for where, more in grown(part, f"{place}/{name}"):
                if part:
                    yield where, value | {name: more}
    elif isinstance(value, list) and value:
        for where, more in grown(value[0], f"{place}/0"):
            yield where, [more, *value[1:]]


@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_every_object_of_a_request_is_closed(name: str) -> None:
    """SEC7 by the documents: an object with named fields takes no others."""
    schemas = application(name).openapi()["components"]["schemas"]
    waiting = [op.request_schema or {} for op in with_body(name)]
    seen: set[str] = set()
    open_objects: list[str] = []
    while waiting:
        for found in _references(waiting.pop()):
            if found not in seen:
                seen.add(found)
                waiting.append(schemas[found])
                closed = schemas[found].get("additionalProperties") is False
                open_objects += [] if closed or "properties" not in schemas[found] else [found]
    assert open_objects == []


def _references(schema: Json) -> Iterator[str]:
    if isinstance(schema.get("$ref"), str):
        yield schema["$ref"].rpartition("/")[2]
    for part in schema.values():
        for inner in part if isinstance(part, list) else [part]:
            if isinstance(inner, dict):
                yield from _references(inner)


@pytest.fixture
def bait() -> Iterator[tuple[str, list[object]]]:
    """An address that somebody listens at, and whoever called."""
    callers: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.1)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    line, address = trap.accept()
                except TimeoutError:
                    continue
                callers.append(address)
                line.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{trap.getsockname()[1]}/bait", callers
        done.set()
        thread.join()


def test_the_bait_would_be_seen(bait: tuple[str, list[object]]) -> None:
    address, callers = bait
    with pytest.raises(httpx2.HTTPError), httpx2.Client(trust_env=False) as client:
        client.get(address)
    assert len(callers) == 1


@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_no_address_in_a_request_is_called(street: Street, bait: tuple[str, list[object]], name: str) -> None:
    """SEC23: in every text of every body, every query and every header that a document knows."""
    address, callers = bait
    with Knocker(street, name) as knocker:
        for operation in of(name):
            asked = [found for found in operation.facts.get("parameters", ()) if found["in"] == "query"]
            texts = [found["name"] for found in asked if "cursor" not in found["name"]]
            headers = {"Referer": address, "X-Callback-Url": address, "Content-Type": "application/json"}
            body = None
            right = next(iter(attempts(operation)))
            if right.body is not None:
                body = written(_baited(orjson.loads(right.body), address))
            path = filled(operation.path)
            for query in (queries(operation)[0], dict.fromkeys(texts, address)):
                knocker.ask(Attempt(operation, "bait", path, query, right.headers | headers, body))
    assert callers == []


def _baited(value: Any, address: str) -> Any:
    if isinstance(value, dict):
        return {name: _baited(part, address) for name, part in value.items()}
    if isinstance(value, list):
        return [_baited(part, address) for part in value]
    return address if isinstance(value, str) else value
