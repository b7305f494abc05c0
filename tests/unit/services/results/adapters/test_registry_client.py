"""Registry's answers become the domain's values; what it does not know is refused by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.results.adapters.registry_client import EntityNotInRegistry, OfficerNotInRegistry, RegistryClient
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal
from shared.values.errors import NotFound
from shared.values.ids import new_id
from tests.builders.people import an_inspector

INSPECTOR, ENTITY = new_id(), new_id()


class AnsweringPeer(Peer):
    """Registry as a table of answers."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str | int]]] = []

    async def get_json(self, path: str, act_for: Principal | None = None, **query: str | int) -> Any:
        self.asked.append((path, query))
        if path not in self.answers:
            raise NotFound
        return self.answers[path]


async def test_the_certificate_is_asked_for_the_day_and_the_answer_kept_whole() -> None:
    path = f"/internal/v1/inspectors/{INSPECTOR}"
    answer = {
        "inspector_id": str(INSPECTOR),
        "department": "SCJG",
        "certificate_no": "豫C0001",
        "valid_until": "2027-12-31",
        "status": "active",
        "valid": True,
        "told_later": "ignored",
    }
    peer = AnsweringPeer({path: answer})
    found = await RegistryClient(peer).certificate(INSPECTOR, date(2026, 3, 9), an_inspector(INSPECTOR))
    assert peer.asked == [(path, {"on": "2026-03-09"})]
    assert (found.inspector_id, found.valid, found.valid_until) == (INSPECTOR, True, date(2027, 12, 31))


async def test_an_entity_may_be_without_a_uscc() -> None:
    path = f"/internal/v1/entities/{ENTITY}"
    answer = {"entity_id": str(ENTITY), "name": "会盟镇老张面馆", "uscc": None, "kind": "individual"}
    found = await RegistryClient(AnsweringPeer({path: answer})).entity(ENTITY, an_inspector())
    assert (found.entity_id, found.name, found.uscc) == (ENTITY, "会盟镇老张面馆", None)


async def test_who_is_not_in_the_registry_is_named() -> None:
    client = RegistryClient(AnsweringPeer({}))
    with pytest.raises(OfficerNotInRegistry):
        await client.certificate(INSPECTOR, date(2026, 3, 9), an_inspector())
    with pytest.raises(EntityNotInRegistry):
        await client.entity(ENTITY, an_inspector())
