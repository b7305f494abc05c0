"""Examples put together from an OpenAPI document: what the document says a body looks like, as one JSON value.

A model's own example wins; else its fields' examples are put together. Enumerations, booleans and well-known formats
speak for themselves. A string, a number or a mapping without example is `Silent`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from deploy import topology
from shared.runtime.app import describe

FORMATS = {
    "uuid": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90",
    "date": "2026-11-24",
    "date-time": "2026-11-24T09:30:00+08:00",
}
EVERYWHERE = frozenset({"400", "401", "403", "404", "409", "422", "503"})
"""Refusals that every operation declares."""
METHODS = ("get", "post", "put", "patch", "delete")
Json = dict[str, Any]


class Silent(Exception):
    """No example here; the message is the place."""

    @property
    def field(self) -> str:
        """`…<Page_VisitOut_>.items[]<VisitOut>.object_token` → `VisitOut.object_token`."""
        return str(self).rpartition("<")[2].replace(">", "")


@dataclass(frozen=True)
class Operation:
    """One operation of one service: its entry in the document and the route behind it."""

    service: str
    method: str
    path: str
    facts: Json
    schemas: Json
    route: RouteContext

    def __str__(self) -> str:
        return f"{self.service} {self.method.upper()} {self.path}"

    @property
    def request_examples(self) -> list[Any]:
        """Examples of the JSON body, none where there is no such body. Raises Silent."""
        content = self.facts.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return []
        return [content["example"]] if "example" in content else examples_of(content["schema"], self.schemas)

    @property
    def request_schema(self) -> Json | None:
        content = self.facts.get("requestBody", {}).get("content", {})
        found: Json | None = content.get("application/json", {}).get("schema")
        return found

    @property
    def response_schemas(self) -> dict[str, Json]:
        """Status → schema of the JSON answers that are no refusal."""
        return {
            status: answer["content"]["application/json"].get("schema", {})
            for status, answer in self.facts["responses"].items()
            if status.startswith("2") and "application/json" in answer.get("content", {})
        }


@cache
def application(name: str) -> FastAPI:
    module = "gateway.main" if name == topology.GATEWAY else f"services.{name}.main"
    return describe(importlib.import_module(module).SERVICE)


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of every service and of the gateway, internal ones too."""
    return tuple(found for name in topology.PRODUCERS for found in _operations(name))


def _operations(name: str) -> Iterator[Operation]:
    app = application(name)
    document = app.openapi()
    routes = {(route.path, method.lower()): route for route in routes_of(app) for method in route.methods or ()}
    for path, entry in document["paths"].items():
        for method in METHODS:
            if method in entry:
                schemas = document["components"]["schemas"]
                yield Operation(name, method, path, entry[method], schemas, routes[path, method])


def routes_of(app: FastAPI) -> list[RouteContext]:
    """Every route that the application answers, those outside its document too."""
    return list(iter_route_contexts(app.routes))


def examples_of(schema: Json, schemas: Json, place: str = "") -> list[Any]:
    """The schema's own examples, or one put together of its parts. Raises Silent."""
    resolved = _resolved(schema, schemas)
    return list(resolved["examples"]) if resolved.get("examples") else [example_of(schema, schemas, place)]


def example_of(schema: Json, schemas: Json, place: str = "") -> Any:
    """One value of the schema, from the examples written in it. Raises Silent."""
    if "$ref" in schema and not schema.get("examples"):
        name = schema["$ref"].rpartition("/")[2]
        return example_of(schemas[name], schemas, f"{place}<{name}>")
    if schema.get("examples"):
        return _with_nulls(schema["examples"][0], schema)
    for plain in ("example", "const"):
        if plain in schema:
            return schema[plain]
    if "enum" in schema:
        return schema["enum"][0]
    branches = [branch for branch in schema.get("anyOf", ()) if branch.get("type") != "null"]
    if branches:
        return example_of(branches[0], schemas, place)
    return _typed_example(schema, schemas, place)


def _with_nulls(example: Any, schema: Json) -> Any:
    """FastAPI's document leaves null members out of examples; here they are again."""
    empty = {
        name for name in schema.get("required", ()) if {"type": "null"} in schema["properties"][name].get("anyOf", ())
    }
    return dict.fromkeys(empty) | example if empty else example


def _typed_example(schema: Json, schemas: Json, place: str) -> Any:
    kind = schema.get("type")
    if kind == "boolean":
        return True
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if kind == "array":
        return [example_of(schema["items"], schemas, f"{place}[]")]
    if kind == "object" and "properties" in schema:
        return {
            name: example_of(part, schemas, f"{place}.{name}")
            for name, part in schema["properties"].items()
            if name in schema.get("required", ()) or part.get("default") is None
        }
    if schema.get("default") is not None:
        return schema["default"]
    raise Silent(place)


def _resolved(schema: Json, schemas: Json) -> Json:
    found: Json = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found
