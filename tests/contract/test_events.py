"""Events both ways (`promises.md` section 4): new code reads old bodies, old readers take new ones, a major only grows.

`released/` holds the schemas of release 0.1 as they went out. A release adds to it what is new; nothing there is ever
edited: whoever must break a subject tells a new major beside it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.events.catalogue import EVENTS
from tests.contract.schemas import Json, UnknownKeyword, breaks, faults, instances

RELEASED: dict[str, Json] = {
    path.name.removesuffix(".json"): json.loads(path.read_bytes())
    for path in sorted(Path(__file__).with_name("released").glob("*.json"))
}
each_released = pytest.mark.parametrize("subject", RELEASED)


def test_no_released_event_is_gone() -> None:
    assert RELEASED
    assert sorted(set(RELEASED) - set(EVENTS)) == []


@each_released
def test_new_code_reads_old_bodies_whole(subject: str) -> None:
    """Read and told again, an old body says what it said."""
    for body in instances(RELEASED[subject]):
        read = EVENTS[subject].model_validate_json(json.dumps(body))
        assert _kept(body, json.loads(read.model_dump_json())) == []


@each_released
def test_old_readers_take_new_bodies(subject: str) -> None:
    for body in instances(EVENTS[subject].model_json_schema()):
        told = EVENTS[subject].model_validate(body).model_dump_json()
        assert faults(json.loads(told), RELEASED[subject]) == []


@each_released
def test_a_released_event_only_grows(subject: str) -> None:
    assert breaks(RELEASED[subject], EVENTS[subject].model_json_schema()) == []


@pytest.mark.parametrize("subject", EVENTS)
def test_a_field_of_the_future_is_ignored_wherever_it_stands(subject: str) -> None:
    """REL37."""
    for body in instances(EVENTS[subject].model_json_schema()):
        model = EVENTS[subject]
        assert model.model_validate(_grown(body)) == model.model_validate(body)


def _grown(body: Any) -> Any:
    """With a member nobody knows in every object that has members of its own names."""
    if isinstance(body, list):
        return [_grown(part) for part in body]
    if isinstance(body, dict) and "词" not in body and body:
        return {name: _grown(part) for name, part in body.items()} | {"field_of_the_future": {"a": 1}}
    return body


def _kept(before: Any, after: Any) -> list[str]:
    """Members that were lost or altered."""
    if isinstance(before, dict):
        return [
            f"{name}/{lost}" if lost else name
            for name, part in before.items()
            for lost in (_kept(part, after[name]) if name in after else [""])
        ]
    if isinstance(before, list):
        return [lost for old, new in zip(before, after, strict=True) for lost in _kept(old, new)]
    return [] if before == after else [f"{before!r} became {after!r}"]


SAMPLE = "results.result.published.v1"


def _edit(edit: Callable[[Json], object]) -> Json:
    schema = copy.deepcopy(RELEASED[SAMPLE])
    edit(schema)
    return schema


def _member(schema: Json) -> Json:
    found: Json = schema["$defs"]["PublishedResult"]
    return found


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (lambda s: s["properties"].pop("result_id"), ["/result_id: removed"]),
        (lambda s: s["properties"]["result_id"].pop("format"), ["/result_id: another type"]),
        (lambda s: s["required"].remove("result_id"), ["/result_id: no longer certain"]),
        (lambda s: _member(s)["properties"].pop("method"), ["/result/method: removed"]),
        (lambda s: _member(s)["required"].append("method"), ["/result/method: required now"]),
        (lambda s: _member(s)["properties"]["outcome"].update(default="remote"), ["/result/outcome: another default"]),
        (lambda s: _member(s)["properties"]["uscc"].pop("anyOf"), ["/result/uscc: another type"]),
        (
            lambda s: _member(s)["properties"]["outcome_codes"]["items"].update(type="integer"),
            ["/result/outcome_codes/*: another type"],
        ),
        (lambda s: s["properties"].update(added={"type": "string", "default": ""}), []),
        (lambda s: s["properties"]["result_id"].update(description="said better"), []),
    ],
)
def test_each_way_of_breaking_a_schema_is_seen(edit: Callable[[Json], object], found: list[str]) -> None:
    assert breaks(RELEASED[SAMPLE], _edit(edit)) == found


def test_a_body_that_lacks_or_alters_a_member_is_seen() -> None:
    body = instances(RELEASED[SAMPLE])[0]
    assert faults(body, RELEASED[SAMPLE]) == []
    assert faults(body | {"result_id": "nine", "aggregate_version": "1"}, RELEASED[SAMPLE]) == [
        "/aggregate_version: not integer",
        "/result_id: not uuid",
    ]
    assert faults({"result": None}, RELEASED[SAMPLE]) == [
        "/aggregate_version: missing",
        "/result_id: missing",
        "/result: not object",
    ]


def test_a_keyword_that_nobody_judges_is_an_error() -> None:
    schema = _edit(lambda s: s["properties"]["result_id"].update(pattern="x"))
    with pytest.raises(UnknownKeyword, match="pattern"):
        breaks(RELEASED[SAMPLE], schema)
