"""Requests that are wrong in one place each, made from the documents: every path, query, header and body field in
turn holds something that a database, a parser or a careless line of code trips over."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote

import orjson

from tests.contract.examples import Operation, Silent
from tests.security.knocking import filled, queries

Json = dict[str, Any]
NUL: Final = "甲\x00乙"
LONE: Final = "\ud800"
"""Half of a surrogate pair: a string that JSON can write and UTF-8 cannot."""
LONG: Final = "长" * 20_000
TEXTS: Final[tuple[str, ...]] = (NUL, LONE, LONG, "", "'; DROP TABLE plans; --", "%", "\u202e", "９" * 30)
NUMBERS: Final[tuple[int, ...]] = (-1, 0, 2**31, 2**63, 10**30)
PATHS: Final[tuple[str, ...]] = (
    NUL,
    "%",
    "..",
    ";",
    "９" * 30,
    "长" * 300,
    str(2**31),
    str(2**63),
    "9" * 30,
    "-1",
    "0",
)
VERSIONS: Final[tuple[str, ...]] = ('"2147483648"', '"9223372036854775808"', f'"{"9" * 5000}"', '"-1"', "*", "W/")
CURSORS: Final[tuple[object, ...]] = (
    [],
    [None],
    [1],
    ["x"],
    [NUL],
    [2**63],
    [{"a": 1}],
    [["x"]],
    [True],
    ["x", "y", "z", "w"],
    ["2026-11-24T00:00:00+08:00", "x"],
    ["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"],
    ["9999-12-31T23:59:59+08:00", "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"],
    ["infinity"],
    {"a": 1},
    "x",
)
RAW_CURSORS: Final[tuple[str, ...]] = ("", "%%%", "é", "W10", "bnVsbA==", "A" * 5000)


@dataclass(frozen=True)
class Attempt:
    """One request; `place` says where it is wrong."""

    operation: Operation
    place: str
    path: str
    query: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def __str__(self) -> str:
        return f"{self.operation} with {self.place}"


def cursor(key: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode()


def attempts(operation: Operation, **ids: str) -> Iterator[Attempt]:
    """The request as documented first, then with each wrong thing in each place."""
    right = _documented(operation, ids)
    yield right
    yield from _in_path(operation, right, ids)
    yield from _in_query(operation, right)
    yield from _in_headers(operation, right)
    if right.body is not None:
        yield from _in_body(operation, right)


def _documented(operation: Operation, ids: dict[str, str]) -> Attempt:
    try:
        found = operation.request_examples
    except Silent:
        found = []
    headers = {"If-Match": '"1"'} if operation.method in ("put", "patch", "delete") else {}
    body = None
    if found:
        headers["Content-Type"], body = "application/json", written(found[0])
    query = queries(operation)[0]
    return Attempt(operation, "nothing wrong", filled(operation.path, **ids), query, headers, body)


def written(value: Any) -> bytes:
    """JSON with every escape that a careful library would refuse to write."""
    return json.dumps(value, ensure_ascii=True).encode()


def _in_path(operation: Operation, right: Attempt, ids: dict[str, str]) -> Iterator[Attempt]:
    for name in (part[1:].partition("}")[0] for part in operation.path.split("/") if part.startswith("{")):
        for wrong in PATHS:
            path = filled(operation.path, **ids | {name: quote(wrong, safe="")})
            yield replace(right, place=f"{{{name}}} {wrong[:20]!a}", path=path)


def _in_query(operation: Operation, right: Attempt) -> Iterator[Attempt]:
    for parameter in operation.facts.get("parameters", ()):
        if parameter["in"] != "query":
            continue
        name = parameter["name"]
        if name == "cursor":
            wrong: list[Any] = [*(cursor(key) for key in CURSORS), *RAW_CURSORS]
        else:
            wrong = [NUL, "", "长" * 2000, "％", *NUMBERS, "-0", "1e5", "2026-02-30", "0001-01-01", "9999-12-31", "nan"]
        for value in wrong:
            yield replace(right, place=f"?{name}={str(value)[:40]!a}", query=right.query | {name: value})
    yield replace(right, place="an unknown parameter", query=right.query | {"nonsense": "1"})


def _in_headers(operation: Operation, right: Attempt) -> Iterator[Attempt]:
    for parameter in operation.facts.get("parameters", ()):
        if parameter["in"] != "header":
            continue
        name = parameter["name"]
        wrong = VERSIONS if name == "if-match" else ("", "x" * 201, "\t", "钥".encode().decode("latin-1"), "x" * 4000)
        for value in wrong:
            yield replace(right, place=f"{name}: {value[:20]!a}", headers=right.headers | {name: value})


def _in_body(operation: Operation, right: Attempt) -> Iterator[Attempt]:
    assert right.body is not None
    example = orjson.loads(right.body)
    for place, wrong in mutated(example):
        yield replace(right, place=f"body{place}", body=written(wrong))
    if isinstance(example, dict):
        yield replace(right, place="an unknown field", body=written(example | {"owner_department": "x"}))
    for place, raw in RAW_BODIES.items():
        yield replace(right, place=place, body=raw)


RAW_BODIES: Final[dict[str, bytes]] = {
    "no body": b"",
    "a body of null": b"null",
    "a list": b"[]",
    "a number": b"1",
    "NaN": b"NaN",
    "half a body": b'{"a":',
    "bytes that are no UTF-8": b'{"a": "\xff\xfe"}',
    "a thousand brackets": b"[" * 1_000 + b"]" * 1_000,
    "a hundred thousand brackets": b"[" * 100_000 + b"]" * 100_000,
    "a number of many digits": b'{"a": ' + b"9" * 10_000 + b"}",
    "a member twice": b'{"a": 1, "a": 2}',
}


def mutated(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """`value` with one leaf replaced at a time, by each wrong thing of its kind and by a thing of another kind."""
    if isinstance(value, dict):
        for name, part in value.items():
            for where, wrong in mutated(part, f"{place}/{name}"):
                yield where, value | {name: wrong}
        return
    if isinstance(value, list):
        for index, part in enumerate(value[:1]):
            for where, wrong in mutated(part, f"{place}/{index}"):
                yield where, [*value[:index], wrong, *value[index + 1 :]]
        yield f"{place} emptied", []
        yield f"{place} many", value[:1] * 2000
        return
    yield f"{place} null", None
    for wrong in (*NUMBERS, 1.5) if isinstance(value, int) else TEXTS:
        yield f"{place} {str(wrong)[:20]!a}", wrong
    others: tuple[Any, ...] = ({}, [], True, 10**400 if isinstance(value, int) else 7)
    for other in others:
        yield f"{place} {str(other)[:20]}", other
