"""SEC12: the routes whose readings are kept are routes: a renamed one would be read without trace."""

from __future__ import annotations

import importlib

import pytest

from deploy.topology import SERVICES
from shared.runtime.app import describe


@pytest.mark.parametrize("name", SERVICES)
def test_every_route_named_as_showing_personal_data_is_there(name: str) -> None:
    service = importlib.import_module(f"services.{name}.main").SERVICE
    paths = describe(service).openapi()["paths"]
    read = {path for path, operations in paths.items() if "get" in operations}
    assert sorted(service.personal_reads - read) == []


def test_the_services_that_hold_people_name_theirs() -> None:
    named = {name for name in SERVICES if importlib.import_module(f"services.{name}.main").SERVICE.personal_reads}
    assert named == {"registry", "draw", "results"}
