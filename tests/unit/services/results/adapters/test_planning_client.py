"""Planning's sheet becomes the domain's values; an unknown task has an empty sheet."""

from __future__ import annotations

from typing import Any

from services.results.adapters.planning_client import PlanningClient
from shared.runtime.peers import Peer
from shared.runtime.principal import Principal
from shared.values.errors import NotFound
from shared.values.ids import new_id
from tests.builders.people import an_inspector

TASK, ITEM = new_id(), new_id()
LINE = {
    "item_id": str(ITEM),
    "department": "SCJG",
    "code": "scjg-001",
    "name": "食品经营许可检查",
    "level": "key",
    "content": ["许可证是否有效", "是否按许可范围经营"],
    "methods": [{"code": "on_site", "name": "实地核查"}],
    "bases": [{"law": "中华人民共和国食品安全法", "article": "第一百一十条"}],
    "list_version": 3,
}


class AnsweringPeer(Peer):
    """Planning as one answer."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: tuple[str, dict[str, str | int]] = ("", {})

    async def get_json(self, path: str, act_for: Principal | None = None, **query: str | int) -> Any:
        self.asked = (path, dict(query))
        if self.answer is None:
            raise NotFound
        return self.answer


async def test_the_sheet_is_asked_for_the_task_and_department() -> None:
    peer = AnsweringPeer({"task_id": str(TASK), "items": [LINE]})
    (line,) = await PlanningClient(peer).sheet(TASK, "SCJG", an_inspector())
    assert peer.asked == (f"/internal/v1/tasks/{TASK}/sheet", {"department": "SCJG"})
    assert (line.item.item_id, line.item.list_version, line.level) == (ITEM, 3, "key")
    assert (line.methods, line.bases) == (("实地核查",), (("中华人民共和国食品安全法", "第一百一十条"),))


async def test_a_task_planning_does_not_know_has_an_empty_sheet() -> None:
    assert await PlanningClient(AnsweringPeer(None)).sheet(TASK, "SCJG", an_inspector()) == ()
