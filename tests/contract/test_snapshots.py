"""The contracts as committed files: a change shows in review (`make snapshots` writes them anew)."""

from __future__ import annotations

from typing import Any

import pytest

from cli.snapshots import FOLDER, documents, encoded
from deploy import topology
from shared.events.catalogue import EVENTS
from shared.runtime.app import describe

DOCUMENTS = documents()


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_contract_is_as_committed(name: str) -> None:
    assert (FOLDER / name).read_bytes() == encoded(DOCUMENTS[name]), "run `make snapshots` and review the change"


def test_no_snapshot_is_left_of_what_is_gone() -> None:
    kept = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.json")}
    assert kept == set(DOCUMENTS)


def operations() -> list[tuple[str, str, str, dict[str, Any]]]:
    return [
        (name, method.upper(), path, operation)
        for name in topology.PRODUCERS
        for path, found in DOCUMENTS[f"openapi/{name}.json"]["paths"].items()
        for method, operation in found.items()
    ]


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_every_route_says_in_chinese_what_it_is_for() -> None:
    silent = [
        f"{name} {method} {path}"
        for name, method, path, operation in operations()
        if not is_chinese(operation.get("summary", "")) or not is_chinese(operation.get("description", ""))
    ]
    assert silent == []


def test_operation_ids_are_unique_in_their_service() -> None:
    for name in topology.PRODUCERS:
        ids = [operation["operationId"] for service, _, _, operation in operations() if service == name]
        assert len(ids) == len(set(ids)), name


def test_every_field_of_every_body_is_described() -> None:
    """What FastAPI makes by itself (validation error, form bodies) apart."""
    silent = [
        f"{name}: {schema}.{field}"
        for name in topology.PRODUCERS
        for schema, body in DOCUMENTS[f"openapi/{name}.json"]["components"]["schemas"].items()
        if schema not in {"HTTPValidationError", "ValidationError"}
        for field, facts in body.get("properties", {}).items()
        if not facts.get("description") and "$ref" not in facts
    ]
    assert silent == []


def test_every_event_says_what_it_is() -> None:
    assert [subject for subject, model in EVENTS.items() if not model.__doc__] == []


def test_the_application_can_be_described_without_a_database() -> None:
    import importlib

    for name in topology.SERVICES:
        assert describe(importlib.import_module(f"services.{name}.main").SERVICE).title
