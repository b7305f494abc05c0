"""JSON schemas of events, the part of the vocabulary that our models write: read, filled in, compared.

An unknown keyword is an error, so a new kind of schema is not silently passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

Json = dict[str, Any]
WORDS = frozenset({"title", "description", "examples", "$defs"})
"""Keywords that say nothing about a value."""
SHAPE = frozenset(
    {"$ref", "type", "format", "items", "anyOf", "properties", "required", "additionalProperties", "default"}
)
PLAIN = {"string": "词", "integer": 7, "boolean": True, "null": None}
KINDS: dict[str, type[Any]] = {"string": str, "integer": int, "boolean": bool, "null": type(None), "array": list}
FORMATS: dict[str, tuple[str, Any]] = {
    "uuid": ("0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90", UUID),
    "date": ("2026-11-24", date.fromisoformat),
    "date-time": ("2026-11-24T01:30:00Z", datetime.fromisoformat),
}


class UnknownKeyword(Exception):
    """A keyword that this module does not judge yet."""


def resolved(schema: Json, whole: Json) -> Json:
    """The schema behind a `$ref`; the default beside the reference stays. Raises UnknownKeyword."""
    if "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = whole["$defs"][re.sub(r"^#/\$defs/", "", schema["$ref"])] | beside
    if strange := set(schema) - WORDS - SHAPE:
        raise UnknownKeyword(", ".join(sorted(strange)))
    return schema


def instances(whole: Json) -> list[Any]:
    """Bodies of a schema: every member present, only the required ones, and every empty list and null there may be."""
    return [_filled(whole, whole, how) for how in ("full", "bare", "empty")]


def _filled(schema: Json, whole: Json, how: str) -> Any:
    schema = resolved(schema, whole)
    if "anyOf" in schema:
        branches = schema["anyOf"]
        empty = next((branch for branch in branches if branch.get("type") == "null"), branches[-1])
        return _filled(empty if how == "empty" else branches[0], whole, how)
    kind = schema["type"]
    if kind == "array":
        return [] if how == "empty" else [_filled(schema["items"], whole, how)]
    if kind != "object":
        return FORMATS[schema["format"]][0] if "format" in schema else PLAIN[kind]
    if "properties" not in schema:
        return {} if how == "empty" else {"词": _filled(schema["additionalProperties"], whole, how)}
    wanted = schema.get("required", ()) if how == "bare" else schema["properties"]
    return {name: _filled(schema["properties"][name], whole, how) for name in wanted}


def faults(value: Any, whole: Json) -> list[str]:
    """Where a value is not as the schema says, as `place: what`. Members that the schema does not know are ignored."""
    return list(_faults(value, whole, whole, ""))


def _faults(value: Any, schema: Json, whole: Json, place: str) -> Iterator[str]:
    schema = resolved(schema, whole)
    if "anyOf" in schema:
        if all(list(_faults(value, branch, whole, place)) for branch in schema["anyOf"]):
            yield f"{place}: none of its kinds"
    elif schema["type"] == "object":
        yield from _object_faults(value, schema, whole, place)
    else:
        yield from _plain_faults(value, schema, whole, place)


def _plain_faults(value: Any, schema: Json, whole: Json, place: str) -> Iterator[str]:
    kind = schema["type"]
    fits = isinstance(value, KINDS[kind]) and (kind == "boolean") == isinstance(value, bool)
    if not fits:
        yield f"{place}: not {kind}"
    elif kind == "array":
        for number, part in enumerate(value):
            yield from _faults(part, schema["items"], whole, f"{place}/{number}")
    elif "format" in schema:
        yield from _format_faults(value, schema["format"], place)


def _object_faults(value: Any, schema: Json, whole: Json, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: not object"
        return
    known = schema.get("properties", {})
    yield from (f"{place}/{name}: missing" for name in schema.get("required", ()) if name not in value)
    for name, part in value.items():
        inner = known.get(name, schema.get("additionalProperties"))
        if isinstance(inner, dict):
            yield from _faults(part, inner, whole, f"{place}/{name}")


def _format_faults(value: str, name: str, place: str) -> Iterator[str]:
    try:
        FORMATS[name][1](value)
    except ValueError:
        yield f"{place}: not {name}"


def breaks(old: Json, new: Json) -> list[str]:
    """What in a newer schema an older reader or an older body does not survive; empty when it only grew."""
    return list(_breaks(old, new, old, new, ""))


def _breaks(old: Json, new: Json, old_whole: Json, new_whole: Json, place: str) -> Iterator[str]:
    old, new = resolved(old, old_whole), resolved(new, new_whole)
    if old.get("default") != new.get("default"):
        yield f"{place}: another default"
    if _outline(old) != _outline(new):
        yield f"{place}: another type"
        return
    for before, after in zip(old.get("anyOf", ()), new.get("anyOf", ()), strict=True):
        yield from _breaks(before, after, old_whole, new_whole, place)
    for inner in ("items", "additionalProperties"):
        if isinstance(old.get(inner), dict):
            yield from _breaks(old[inner], new[inner], old_whole, new_whole, f"{place}/*")
    if "properties" in old:
        yield from _member_breaks(old, new, old_whole, new_whole, place)


def _outline(schema: Json) -> tuple[object, ...]:
    """What must stay for the rest to be compared part by part."""
    parts = sorted(set(schema) & {"anyOf", "items", "additionalProperties", "properties"})
    return schema.get("type"), schema.get("format"), len(schema.get("anyOf", ())), parts


def _member_breaks(old: Json, new: Json, old_whole: Json, new_whole: Json, place: str) -> Iterator[str]:
    before, after = old["properties"], new["properties"]
    yield from (f"{place}/{name}: removed" for name in before if name not in after)
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{place}/{name}: required now"
    for name in sorted(set(old.get("required", ())) & set(after) - set(new.get("required", ()))):
        yield f"{place}/{name}: no longer certain"
    for name in before:
        if name in after:
            yield from _breaks(before[name], after[name], old_whole, new_whole, f"{place}/{name}")
