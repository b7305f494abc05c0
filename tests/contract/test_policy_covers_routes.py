"""A new route fails here until somebody has said who may call it (SEC1)."""

from __future__ import annotations

import importlib

import pytest

from deploy.topology import PRODUCERS
from gateway.domain.policy import read_policy
from gateway.main import POLICY
from shared.runtime.app import describe
from tests.contract.examples import application, routes_of

RULES = read_policy(POLICY).rules


OF_THE_MACHINE = ("/health/", "/version", "/metrics", "/openapi.json")


def pages_of(name: str) -> set[str]:
    """Pages, files and feeds of the public side, which stand at addresses without `/api/` and outside the document."""
    if name != "disclosure":
        return set()
    return {
        f"{method} {route.path}"
        for route in routes_of(application(name))
        for method in route.methods or ()
        if not str(route.path).startswith(("/v1/", "/internal/", *OF_THE_MACHINE)) and method != "HEAD"
    }


@pytest.mark.parametrize("name", PRODUCERS)
def test_every_route_has_one_rule_and_every_rule_a_route(name: str) -> None:
    module = "gateway.main" if name == "gateway" else f"services.{name}.main"
    document = describe(importlib.import_module(module).SERVICE).openapi()
    routes = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method in operations
        if path.startswith("/v1/")
    } | pages_of(name)
    rules = [f"{rule.method} {rule.template}" for rule in RULES if rule.service == name]
    assert sorted(rules) == sorted(routes)


def test_every_rule_lets_somebody_in() -> None:
    assert [rule.template for rule in RULES if not (rule.public or rule.roles or rule.scopes)] == []
