"""Planning as results asks it: the inspection sheet (检查表) of a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.results.domain.content import SheetItem
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal
from shared.values.errors import NotFound


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One item of the sheet with what an officer reads on the spot: contents, methods, bases (law and article)."""

    item: SheetItem
    level: str
    content: tuple[str, ...]
    methods: tuple[str, ...]
    bases: tuple[tuple[str, str], ...]


class Planning(Protocol):
    """What the use cases need of planning; tests pass their own."""

    async def sheet(self, task_id: UUID, department: str, act_for: Principal) -> tuple[SheetLine, ...]:
        """The department's items of the task, in the task's order; empty for a task that planning does not know.

        Raises PeerUnavailable."""


class _Answer(BaseModel):
    """Members we do not know are ignored: planning may tell more."""

    model_config = ConfigDict(extra="ignore")


class _Word(_Answer):
    name: str


class _Basis(_Answer):
    law: str
    article: str


class _Item(_Answer):
    item_id: UUID
    code: str
    name: str
    level: str
    content: list[str]
    methods: list[_Word]
    bases: list[_Basis]
    list_version: int


class _Sheet(_Answer):
    items: list[_Item]


class PlanningClient:
    """`Planning` over HTTP."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def sheet(self, task_id: UUID, department: str, act_for: Principal) -> tuple[SheetLine, ...]:
        try:
            answer = await self._peer.get_json(
                f"/internal/v1/tasks/{task_id}/sheet", act_for=act_for, department=department
            )
        except NotFound:
            return ()
        return tuple(_line(item) for item in _Sheet.model_validate(answer).items)


def _line(item: _Item) -> SheetLine:
    return SheetLine(
        item=SheetItem(item.item_id, item.name, item.code, item.list_version),
        level=item.level,
        content=tuple(item.content),
        methods=tuple(word.name for word in item.methods),
        bases=tuple((basis.law, basis.article) for basis in item.bases),
    )
