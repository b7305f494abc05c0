"""Items that find no object or no qualified inspector (监管真空, L6), listed, filtered, paged and exported."""

from __future__ import annotations

from tests.integration.planning.conftest import REGISTRIES, Desk, StubRegistry


async def test_items_without_objects_or_qualified_officers_are_listed_with_what_they_lack(desk: Desk) -> None:
    """L6."""
    await desk.publish_lists()
    REGISTRIES[desk.district] = StubRegistry(reach={"scjg-001": (120, 0), "wjw-001": (3, 2)})
    (row,) = (await desk.get(desk.admin("yjj"), "/v1/item-vacuums")).json()["items"]
    assert (row["code"], row["gaps"], row["objects"], row["inspectors"]) == ("scjg-001", ["inspectors"], 120, 0)
    assert (await desk.get(desk.office, "/v1/item-vacuums?gap=objects")).json()["items"] == []
    assert (await desk.get(desk.office, "/v1/item-vacuums?department=wjw")).json()["items"] == []


async def test_the_list_is_paged_and_exported(desk: Desk) -> None:
    await desk.publish_lists()
    REGISTRIES[desk.district] = StubRegistry()
    first = (await desk.get(desk.office, "/v1/item-vacuums?page_size=1")).json()
    rest = (await desk.get(desk.office, f"/v1/item-vacuums?page_size=1&cursor={first['next']}")).json()
    assert [row["code"] for row in (*first["items"], *rest["items"])] == ["scjg-001", "wjw-001"]
    assert rest["next"] is None
    export = await desk.get(desk.office, "/v1/item-vacuums/export?gap=inspectors")
    assert export.status_code == 200, export.text
    assert export.text.count("没有检查对象、没有合格的执法检查人员") == 2
