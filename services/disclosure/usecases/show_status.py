"""Where the public side stands, the front page, and the feeds of news."""

from __future__ import annotations

from typing import Any

from services.disclosure.domain.views import FeedEntry, HomePage, ProducerStatus, SearchQuery, StatusPage
from services.disclosure.domain.words import SERVICES, outcome_words
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.show_result import checkpoint_of
from services.disclosure.usecases.show_statistics import total_of

NEWEST = 5
_SAID = {"published": "公示", "corrected": "更正", "withdrawn": "撤回", "adjusted": "调整"}


async def show_status(uow: DisclosureUnitOfWork) -> StatusPage:
    async with uow:
        heard = {row["producer"]: row for row in await uow.status.heard()}
        seals = await uow.status.checkpoints()
        counts = await uow.status.counts()
        now = uow.now
    producers = tuple(_producer(name, heard.get(name), seals.get(name)) for name in SERVICES)
    times = [one.applied_at for one in producers if one.applied_at is not None]
    return StatusPage(
        now=now,
        as_of=max(times, default=None),
        producers=producers,
        entities=counts["entities"],
        results=counts["results"],
        plans=counts["plans"],
        open_data_on=counts["open_data_on"],
        parked=counts["parked"],
    )


def _producer(name: str, heard: Any, seal: Any) -> ProducerStatus:
    return ProducerStatus(
        service=name,
        service_name=SERVICES[name],
        events=0 if heard is None else heard["producer_seq"],
        applied_at=None if heard is None else heard["applied_at"],
        checkpoint=checkpoint_of(seal),
    )


async def show_home(uow: DisclosureUnitOfWork) -> HomePage:
    async with uow:
        results = await uow.lines.filtered(SearchQuery(), None, NEWEST)
        plans = await uow.plan_pages.page(None, None, None, NEWEST)
        exempted = await uow.statistics.exempted(uow.today.year)
        figures = total_of(await uow.statistics.all(uow.today.year), sum(exempted.values()))
        as_of = await uow.status.as_of()
    return HomePage(tuple(results), tuple(plans), figures, as_of)


async def list_news(kind: str | None, most: int, uow: DisclosureUnitOfWork) -> list[FeedEntry]:
    """The newest publications, corrections, withdrawals and plan versions. `kind`: `result`, `plan` or None for all."""
    async with uow:
        return [_entry(row) for row in await uow.status.news(kind, most)]


def _entry(row: Any) -> FeedEntry:
    said = _SAID[row["state"]]
    if row["kind"] == "plan":
        title, address = f"{said}抽查计划：{row['name']}", f"/p/{row['number']}"
        summary = row["reason"] or f"{row['department_name']}公布"
    else:
        title, address = f"{said}检查结果：{row['name']}", f"/r/{row['id']}"
        words = "；".join(outcome_words(row["outcome"], tuple(row["outcome_codes"])))
        summary = row["reason"] or f"{row['department_name']}：{words}"
    return FeedEntry(
        id=f"{row['kind']}:{row['id']}:{row['version']}",
        kind=row["kind"],
        title=title,
        summary=summary,
        address=address,
        at=row["at"],
    )
