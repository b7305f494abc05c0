"""One OpenAPI document of all services, as seen from outside the door."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

from gateway.adapters.upstream import Upstreams
from gateway.domain.policy import RouteTable, RouteUnknown, UpstreamDown

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


async def joined_document(own: dict[str, Any], upstreams: Upstreams, routes: RouteTable) -> dict[str, Any]:
    """The documents of all services that answer, under their outside paths; only classified routes appear.

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
        _add(joined, name, documents[name], routes)
    if missing:
        joined["x-unavailable"] = missing
    return joined


def _add(joined: dict[str, Any], service: str, document: dict[str, Any], routes: RouteTable) -> None:
    schemas = document.get("components", {}).get("schemas", {})
    joined["components"]["schemas"] |= {f"{service}.{name}": _renamed(body, service) for name, body in schemas.items()}
    for path, operations in document["paths"].items():
        if path == SIGN_IN:
            joined["paths"][path] = _renamed(operations, service)
            continue
        shown = {
            method: _operation(operation, service)
            for method, operation in operations.items()
            if _is_classified(routes, service, method, path)
        }
        if shown:
            joined["paths"][f"/api/{service}{path}"] = shown


def _is_classified(routes: RouteTable, service: str, method: str, path: str) -> bool:
    try:
        return routes.find(service, method.upper(), path).template == path
    except RouteUnknown:
        return False


def _operation(operation: dict[str, Any], service: str) -> dict[str, Any]:
    renamed: dict[str, Any] = _renamed(operation, service)
    return renamed | {"operationId": f"{service}.{operation['operationId']}", "tags": operation.get("tags", [service])}


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
