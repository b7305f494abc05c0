"""One OpenAPI document of all services, as seen from outside the door."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.adapters.upstream import Upstreams
from gateway.domain.policy import ANY_CLIENT, RouteTable, RouteUnknown, Rule, UpstreamDown


class Audience(StrEnum):
    """For whom the document is."""

    PUBLIC = "public"
    CLIENT = "client"
    OFFICER = "officer"


TITLE = "部门联合“双随机、一公开”监管平台接口"
SIGN_IN = "/oauth2/token"
_TOKEN = {
    "oauth2": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": {}},
            "password": {"tokenUrl": "/oauth2/token", "scopes": {}},
        },
    }
}


async def joined_document(
    own: dict[str, Any], upstreams: Upstreams, routes: RouteTable, audience: Audience | None = None
) -> dict[str, Any]:
    """The documents of all services that answer, under their outside paths; only classified routes appear, for one
    audience those that it may call.

    `x-unavailable` names services that did not answer, so a missing part is seen to be missing.
    """
    names = sorted(upstreams.names)
    found = await asyncio.gather(*(upstreams.document(name) for name in names), return_exceptions=True)
    documents: dict[str, dict[str, Any]] = {"gateway": own}
    missing: list[str] = []
    for name, document in zip(names, found, strict=True):
        if isinstance(document, UpstreamDown):
            missing.append(name)
        elif isinstance(document, BaseException):
            raise document
        else:
            documents[name] = document
    joined: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": own["info"]["version"]},
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": _TOKEN},
        "security": [{"oauth2": []}],
    }
    for name in sorted(documents):
        _add(joined, name, documents[name], _Shown(routes, name, audience))
    joined["components"]["schemas"] = _used(joined)
    if missing:
        joined["x-unavailable"] = missing
    return joined


@dataclass(frozen=True, slots=True)
class _Shown:
    """Which routes of a service appear."""

    routes: RouteTable
    service: str
    audience: Audience | None

    def rule(self, method: str, path: str) -> Rule | None:
        try:
            rule = self.routes.find(self.service, method.upper(), path)
        except RouteUnknown:
            return None
        return rule if rule.template == path and (self.audience is None or rule.admits(self.audience)) else None


def _add(joined: dict[str, Any], service: str, document: dict[str, Any], shown: _Shown) -> None:
    schemas = document.get("components", {}).get("schemas", {})
    joined["components"]["schemas"] |= {f"{service}.{name}": _renamed(body, service) for name, body in schemas.items()}
    for path, operations in document["paths"].items():
        if path == SIGN_IN:
            joined["paths"][path] = _renamed(operations, service)
            continue
        found = {
            method: _operation(operation, service, rule)
            for method, operation in operations.items()
            if (rule := shown.rule(method, path)) is not None
        }
        if found:
            joined["paths"][f"/api/{service}{path}"] = found


def _operation(operation: dict[str, Any], service: str, rule: Rule) -> dict[str, Any]:
    """With the scopes of which a machine client needs one; a public route needs nothing."""
    renamed: dict[str, Any] = _renamed(operation, service)
    named = {"operationId": f"{service}.{operation['operationId']}", "tags": operation.get("tags", [service])}
    if rule.public:
        return renamed | named | {"security": []}
    scopes = sorted(rule.scopes - {ANY_CLIENT})
    return renamed | named | {"security": [{"oauth2": [scope]} for scope in scopes] or [{"oauth2": []}]}


def _used(joined: dict[str, Any]) -> dict[str, Any]:
    """The schemas that the paths point at, and those that these point at."""
    schemas = joined["components"]["schemas"]
    found: dict[str, Any] = {}
    waiting = list(_references(joined["paths"]))
    while waiting:
        name = waiting.pop()
        if name not in found and name in schemas:
            found[name] = schemas[name]
            waiting += _references(schemas[name])
    return dict(sorted(found.items()))


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref" and isinstance(value, str):
                yield value.rpartition("/")[2]
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _renamed(part: Any, service: str) -> Any:
    """A copy in which references point at the service's own schemas."""
    if isinstance(part, dict):
        return {
            key: f"#/components/schemas/{service}.{value.rpartition('/')[2]}"
            if key == "$ref" and isinstance(value, str)
            else _renamed(value, service)
            for key, value in part.items()
        }
    return [_renamed(value, service) for value in part] if isinstance(part, list) else copy.copy(part)
