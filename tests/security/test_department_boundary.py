"""SEC2, first depth: what one department has and has not published, another cannot read, list, change or guess.

The stranger holds every role of a department, and asks on every route that takes an id of the owner's, and on every
list. The routes come from the applications, so a new one is asked too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx2
import pytest

from shared.runtime.http import next_cursor
from shared.values.ids import new_id
from tests.builders.planning import an_item_body
from tests.builders.results import with_stub_registry
from tests.contract.examples import Operation, operations
from tests.integration.planning.conftest import with_stub_registry as with_counting_registry
from tests.security.knocking import filled, queries
from tests.security.scenes import STRANGER, Scene, anyone, in_planning, in_registry, in_results
from tests.security.statements import listening
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]
SCENES = ("registry", "planning", "results")
NOT_HIS_ROLE = (403, "request.role_missing")
"""Acts of the joint office: refused before anybody looks whose the id is."""
FOR_NOBODY_YET = {
    "results GET /v1/results/{result_id}/public",
    "results GET /v1/results/{result_id}/versions",
    "results GET /v1/results/{result_id}/evidence/{digest}/content",
}
"""They begin with publication, or with a file."""


@pytest.fixture
async def scene(request: pytest.FixtureRequest, served: Serve, district: str) -> Scene:
    if request.param == "registry":
        return await in_registry(await served("registry"), district)
    if request.param == "planning":
        return await in_planning(await served("planning", extend=with_counting_registry), district)
    return await in_results(await served("results", extend=with_stub_registry), district)


each_scene = pytest.mark.parametrize("scene", SCENES, indirect=True)


def names_in(path: str) -> set[str]:
    return {part[1:].partition("}")[0] for part in path.split("/") if part.startswith("{")}


def open_operations(scene: Scene) -> list[Operation]:
    """Those an officer can call at all."""
    return [op for op in operations() if op.service == scene.service.name and not op.path.startswith("/internal/")]


async def call(scene: Scene, client: httpx2.AsyncClient, operation: Operation, **ids: str) -> httpx2.Response:
    """With the document's own example for a body: the shape is right, only the asker is not."""
    body: Any = operation.request_examples[0] if operation.request_examples else None
    headers = {"If-Match": '"1"'} if operation.method in ("put", "patch", "delete") else {}
    query = queries(operation, next(iter(ids.values())))[0]
    path = filled(operation.path, **ids)
    return await client.request(operation.method.upper(), path, params=query, json=body, headers=headers)


@each_scene
async def test_an_id_of_another_department_is_an_id_of_nothing(scene: Scene) -> None:
    """404 and not 403, in the words of an id that nobody has: on reading, changing, acting, with the right version."""
    asked = [operation for operation in open_operations(scene) if names_in(operation.path) & set(scene.ids)]
    assert len(asked) >= 5
    wrong: list[str] = []
    async with scene.service.client(anyone(STRANGER, scene.district)) as client:
        for operation in asked:
            theirs = await call(scene, client, operation, **scene.ids)
            nobodys = await call(scene, client, operation, **{name: str(new_id()) for name in scene.ids})
            told = [(answer.status_code, answer.json()["code"]) for answer in (theirs, nobodys)]
            if told[0] != told[1] or not (told[0][0] == 404 or told[0] == NOT_HIS_ROLE):
                wrong.append(f"{operation}: {told}")
    assert wrong == []


@each_scene
async def test_an_id_of_another_department_costs_what_an_id_of_nothing_costs(scene: Scene) -> None:
    """SEC2, equal timing class, by the work and not by the clock: the same statements in the same order, so no answer
    comes sooner or later for what it hides. The owner's own reading does other work, which shows that work is seen."""
    asked = [operation for operation in open_operations(scene) if names_in(operation.path) & set(scene.ids)]
    wrong: dict[str, tuple[list[str], list[str]]] = {}
    told_apart = 0
    with listening(scene.service) as heard:
        async with scene.service.client(anyone(STRANGER, scene.district)) as stranger:
            async with scene.service.client(scene.owner) as owner:
                for operation in asked:
                    answered = await call(scene, stranger, operation, **scene.ids)
                    assert answered.status_code < 500, operation
                    theirs = heard.take()
                    await call(scene, stranger, operation, **{name: str(new_id()) for name in scene.ids})
                    nobodys = heard.take()
                    if theirs != nobodys:
                        wrong[str(operation)] = (theirs, nobodys)
                    if operation.method == "get":
                        await call(scene, owner, operation, **scene.ids)
                        told_apart += heard.take() != theirs
    assert wrong == {}
    assert told_apart > 0


@each_scene
async def test_the_owner_finds_them(scene: Scene) -> None:
    """The ids above are ids of something."""
    reading = [op for op in open_operations(scene) if op.method == "get" and names_in(op.path) & set(scene.ids)]
    async with scene.service.client(scene.owner) as client:
        found = {str(op): (await call(scene, client, op, **scene.ids)).status_code for op in reading}
    assert {name for name, status in found.items() if status != 200} <= FOR_NOBODY_YET
    assert set(found) - FOR_NOBODY_YET


@each_scene
async def test_no_list_shows_or_counts_them(scene: Scene) -> None:
    lists = [op for op in open_operations(scene) if op.method == "get" and not names_in(op.path)]
    assert len(lists) >= 3
    wrong: list[str] = []
    async with scene.service.client(anyone(STRANGER, scene.district)) as client:
        for operation in lists:
            for query in queries(operation):
                answer = await client.get(operation.path, params=query)
                wrong += [f"{operation}: {word}" for word in scene.words if word in answer.text]
                if answer.status_code not in (200, 403):
                    wrong.append(f"{operation}: {answer.status_code}")
    assert wrong == []


@each_scene
async def test_no_filter_finds_them(scene: Scene) -> None:
    """Each filter of each list, set to what the owner's rows have: id, department, word, state."""
    guesses = [*scene.words, scene.owner.department, "draft", "active"]
    wrong: list[str] = []
    async with scene.service.client(anyone(STRANGER, scene.district)) as client:
        for operation in open_operations(scene):
            filters = [found["name"] for found in operation.facts.get("parameters", ()) if found["in"] == "query"]
            if operation.method != "get" or names_in(operation.path):
                continue
            for name in set(filters) - {"cursor", "page_size"}:
                for query in (known | {name: guess} for known in queries(operation) for guess in guesses):
                    answer = await client.get(operation.path, params=query)
                    shown = answer.text if answer.status_code == 200 else ""
                    wrong += [f"{operation} {query}: {word}" for word in scene.words if word in shown]
    assert wrong == []


async def test_a_key_of_another_department_does_not_answer_with_its_act(served: Serve, district: str) -> None:
    """The key belongs to its caller: who guesses it acts for himself, and hears of his own act alone."""
    planning = await served("planning")
    body = {"year": 2026, "items": [an_item_body("x-001")]}
    made: list[httpx2.Response] = []
    for department in ("SCJG", STRANGER):
        async with planning.client(anyone(department, district)) as client:
            made.append(await client.post("/v1/item-lists", json=body, headers={"Idempotency-Key": "the same"}))
    first, second = (answer.json() for answer in made)
    assert [answer.status_code for answer in made] == [201, 201]
    assert (first["department"], second["department"]) == ("SCJG", STRANGER)
    assert first["item_list_id"] != second["item_list_id"]


@pytest.mark.parametrize("path", ["/v1/import-jobs", "/v1/inspectors"])
async def test_a_made_up_cursor_leads_nowhere_else(served: Serve, district: str, path: str) -> None:
    """A cursor is a place in a list, not a right to it."""
    scene = await in_registry(await served("registry"), district)
    before_all = {"/v1/import-jobs": UUID(int=2**128 - 1), "/v1/inspectors": UUID(int=0)}[path]
    shown: list[int] = []
    for who in (scene.owner, anyone(STRANGER, district)):
        async with scene.service.client(who) as client:
            answer = await client.get(path, params={"cursor": next_cursor([before_all])})
            shown.append(len(answer.json()["items"]))
    assert shown == [1, 0]
