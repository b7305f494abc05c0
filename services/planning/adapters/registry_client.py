"""Registry as planning asks it: how libraries overlap, how many officers there are for what (N4, B8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

import orjson
from pydantic import BaseModel, ConfigDict

from services.planning.domain.census import Census, Standing
from services.planning.domain.items import ListedItem
from services.planning.domain.plan_content import LibraryVersion
from services.planning.domain.vacuum import ItemReach
from services.planning.domain.what_if import OfficerGroup
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal
from shared.values.credit_class import CreditClass
from shared.values.errors import Invalid, NotFound

OVERLAP_PATH = "/internal/v1/libraries/overlap"
OFFICERS_PATH = "/internal/v1/inspectors/counts"
REACH_PATH = "/internal/v1/vacuum/items"
_REACH_AT_ONCE = 2000
"""Items that registry takes in one question."""


class LibraryNotInRegistry(Invalid):
    message = "抽查范围所用的名录库或其版本在名录库服务中不存在"


class Registry(Protocol):
    """What the use cases need of registry; tests pass their own."""

    async def census(self, libraries: Sequence[LibraryVersion], act_for: Principal) -> Census:
        """All objects of the libraries, each counted once. Raises LibraryNotInRegistry."""

    async def officers(self, departments: Sequence[str], on: date, act_for: Principal) -> Sequence[OfficerGroup]:
        """Officers who may inspect on the day."""

    async def reach(self, items: Sequence[ListedItem], on: date, act_for: Principal) -> Sequence[ItemReach]:
        """What each item finds on the day, in their order (L6)."""


class _Answer(BaseModel):
    """Members we do not know are ignored: registry may tell more."""

    model_config = ConfigDict(extra="ignore")


class _Membership(_Answer):
    members: list[int]
    credit_class: CreditClass
    objects: int


class _Overlap(_Answer):
    items: list[_Membership]


class _Officers(_Answer):
    class Group(_Answer):
        department: str
        tags: list[str]
        officers: int
        capacity: int | None = None

    items: list[Group]


class _Reach(_Answer):
    class Found(_Answer):
        objects: int
        inspectors: int

    items: list[Found]


def overlap_body(libraries: Sequence[LibraryVersion]) -> dict[str, Any]:
    return {"libraries": [{"library_id": str(one.id), "version": one.version} for one in libraries]}


def read_census(answer: object, libraries: Sequence[LibraryVersion]) -> Census:
    """`answer` to `overlap_body(libraries)`."""
    items = _Overlap.model_validate(answer).items
    return Census(
        tuple(
            Standing(frozenset(libraries[place] for place in one.members), one.credit_class, one.objects)
            for one in items
        )
    )


def officers_body(departments: Sequence[str], on: date) -> dict[str, Any]:
    return {"departments": list(departments), "on": on.isoformat()}


def read_officers(answer: object) -> Sequence[OfficerGroup]:
    items = _Officers.model_validate(answer).items
    return [OfficerGroup(one.department, frozenset(one.tags), one.officers, one.capacity) for one in items]


def reach_body(items: Sequence[ListedItem], on: date) -> dict[str, Any]:
    asked = [
        {
            "item_id": str(one.id),
            "department": one.department,
            "kinds": list(one.item.kinds),
            "fields": list(one.item.fields),
        }
        for one in items
    ]
    return {"items": asked, "on": on.isoformat()}


def read_reach(answer: object, items: Sequence[ListedItem]) -> Sequence[ItemReach]:
    """`answer` to `reach_body(items, …)`."""
    found = _Reach.model_validate(answer).items
    return [ItemReach(item, one.objects, one.inspectors) for item, one in zip(items, found, strict=True)]


class RegistryClient:
    """`Registry` over HTTP. Raises PeerUnavailable (503) and PeerRefused as every peer does."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def census(self, libraries: Sequence[LibraryVersion], act_for: Principal) -> Census:
        wanted = list(dict.fromkeys(libraries))
        if not wanted:
            return Census(())
        try:
            return read_census(await self._ask(OVERLAP_PATH, overlap_body(wanted), act_for), wanted)
        except NotFound as error:
            raise LibraryNotInRegistry from error

    async def officers(self, departments: Sequence[str], on: date, act_for: Principal) -> Sequence[OfficerGroup]:
        return read_officers(await self._ask(OFFICERS_PATH, officers_body(departments, on), act_for))

    async def reach(self, items: Sequence[ListedItem], on: date, act_for: Principal) -> Sequence[ItemReach]:
        found: list[ItemReach] = []
        for start in range(0, len(items), _REACH_AT_ONCE):
            asked = items[start : start + _REACH_AT_ONCE]
            found += read_reach(await self._ask(REACH_PATH, reach_body(asked, on), act_for), asked)
        return found

    async def _ask(self, path: str, body: object, act_for: Principal) -> object:
        async with self._peer.stream(path, body, act_for=act_for) as answer:
            return orjson.loads(await answer.aread())
