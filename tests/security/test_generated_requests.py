"""SEC21, SEC26: requests that Schemathesis makes of the documents, right ones and wrong ones, at the real processes.

The short run gives some operations a few; the long one, marked slow, gives every operation dozens. The dice are fixed:
a fault that was found is found again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from deploy import topology
from shared.values.ids import new_id
from tests.builders.people import the_service
from tests.contract.examples import application
from tests.security.knocking import an_allrounder
from tests.security.street import Street

FEW: Final = 2
MANY: Final = 40
EVERY: Final = 8
"""Of the short run: one operation in so many; the long run has all."""


def generated(name: str) -> Iterator[Any]:
    """Every operation of a service's document as Schemathesis has it; of the gateway, those outside."""
    schema = schemathesis.openapi.from_dict(application(name).openapi())
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), "the document is no OpenAPI"
        operation = found.ok()
        if name != topology.GATEWAY or not operation.path.startswith("/internal/"):
            yield operation


class Caller:
    """Sends what was generated, signed as somebody who may do it, and keeps what was answered."""

    def __init__(self, street: Street, name: str) -> None:
        self._base, self._name = street.platform.url(name), name
        audience = "api" if name == topology.GATEWAY else name
        peer = the_service("draw" if name == "registry" else "registry", "mengjin")
        self._officer = street.token(an_allrounder("mengjin"), audience)
        self._peer = street.token(peer, name) if name != topology.GATEWAY else ""
        self._session = requests.Session()
        self._session.trust_env = False
        self.statuses: Counter[int] = Counter()
        self.broken: list[str] = []

    def send(self, case: Any) -> None:
        inside = case.operation.path.startswith("/internal/")
        arguments = case.as_transport_kwargs(base_url=self._base)
        if self._name == topology.GATEWAY:
            arguments["url"] = arguments["url"].replace(f"{self._base}/v1/", f"{self._base}/api/gateway/v1/")
        arguments["headers"] = dict(arguments["headers"] or {}) | {
            "Authorization": f"Bearer {self._peer if inside else self._officer}",
            "Idempotency-Key": str(new_id()),
        }
        try:
            answer = self._session.request(timeout=30, **arguments)
        except (requests.exceptions.InvalidHeader, UnicodeError):
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.broken.append(f"{self._name} {case.method} {answer.status_code} {arguments} {answer.text[:200]}")


def play(street: Street, name: str, examples: int, every: int = 1) -> Caller:
    """`examples` right and as many wrong requests for one operation in `every`."""
    caller = Caller(street, name)
    for operation in list(generated(name))[::every]:
        for mode in GenerationMode:
            _play_one(caller, operation.as_strategy(generation_mode=mode), examples)
    return caller


def _play_one(caller: Caller, cases: Any, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def one(case: Any) -> None:
        caller.send(case)

    # An operation that asks for nothing cannot be asked wrongly.
    with suppress(Unsatisfiable):
        one()


@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_no_generated_request_breaks_a_service(street: Street, name: str) -> None:
    caller = play(street, name, FEW, EVERY)
    assert caller.broken == []
    assert caller.statuses.total() > 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_no_generated_request_of_many_breaks_a_service(street: Street, name: str) -> None:
    caller = play(street, name, MANY)
    assert caller.broken == []
    assert caller.statuses[422] + caller.statuses[400] > 100
