"""Deny by default (SEC1): what the route table finds, what a rule allows."""

from __future__ import annotations

import pytest

from gateway.domain.policy import (
    CallerFacts,
    RoleNotAllowed,
    RouteTable,
    RouteUnknown,
    Rule,
    ScopeNotAllowed,
    SignInNeeded,
)


def a_rule(line: str, **facts: frozenset[str] | bool) -> Rule:
    method, template = line.split(" ")
    return Rule("credit", method, template, **facts)  # type: ignore[arg-type]


TABLE = RouteTable(
    [
        a_rule("GET /v1/entities/{uscc}"),
        a_rule("GET /v1/entities/{uscc}/flags"),
        a_rule("GET /v1/entities/all/flags"),
        a_rule("GET /v1/templates/{kind}.csv"),
        a_rule("GET /v1/templates/{kind}.xlsx"),
        a_rule("POST /v1/entities"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "template"),
    [
        ("GET", "/v1/entities/91X", "/v1/entities/{uscc}"),
        ("GET", "/v1/entities/91X/flags", "/v1/entities/{uscc}/flags"),
        ("GET", "/v1/entities/all/flags", "/v1/entities/all/flags"),
        ("GET", "/v1/entities/all", "/v1/entities/{uscc}"),
        ("GET", "/v1/templates/entities.csv", "/v1/templates/{kind}.csv"),
        ("GET", "/v1/templates/entities.xlsx", "/v1/templates/{kind}.xlsx"),
    ],
)
def test_a_path_finds_its_rule_and_a_literal_wins_over_a_parameter(method: str, path: str, template: str) -> None:
    assert TABLE.find("credit", method, path).template == template


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("credit", "DELETE", "/v1/entities/91X"),
        ("credit", "GET", "/v1/entities"),
        ("credit", "GET", "/v1/entities//flags"),
        ("credit", "GET", "/v1/templates/.csv"),
        ("credit", "GET", "/internal/v1/events"),
        ("draw", "GET", "/v1/entities/91X"),
    ],
)
def test_everything_else_is_closed(service: str, method: str, path: str) -> None:
    with pytest.raises(RouteUnknown):
        TABLE.find(service, method, path)


def an_officer(*roles: str) -> CallerFacts:
    return CallerFacts(frozenset(roles), frozenset(), is_client=False)


def a_client(*scopes: str) -> CallerFacts:
    return CallerFacts(frozenset({"client"}), frozenset(scopes), is_client=True)


def test_a_rule_without_roles_and_scopes_allows_nobody() -> None:
    rule = a_rule("GET /v1/x")
    with pytest.raises(SignInNeeded):
        rule.allow(None)
    with pytest.raises(RoleNotAllowed):
        rule.allow(an_officer("joint_office"))
    with pytest.raises(ScopeNotAllowed):
        rule.allow(a_client("credit.check"))


def test_any_officer_is_not_any_client() -> None:
    rule = a_rule("GET /v1/x", roles=frozenset({"*"}))
    rule.allow(an_officer("inspector"))
    with pytest.raises(ScopeNotAllowed):
        rule.allow(a_client("credit.check"))


def test_a_public_rule_asks_nobody() -> None:
    a_rule("GET /v1/x", public=True).allow(None)
