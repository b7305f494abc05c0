"""The open-data files of a day: full and delta, CSV and JSON Lines, results and findings apart, by year and department.

Yesterday's files are listed as superseded and no longer served: what was taken down since must not live on in them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.disclosure.domain.open_data import by_scope, write_csv, write_lines
from services.disclosure.domain.views import OpenFileView
from services.disclosure.domain.words import DATASETS, LISTS, outcome_words
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from shared.runtime.unit_of_work import SHANGHAI

LARGEST: Final = 2**32
"""Bytes of one file, far above any district of ours."""
FORMS: Final = {"csv": write_csv, "jsonl": write_lines}
Rows = Sequence[Mapping[str, Any]]


async def build_open_data(work: Callable[[], Any]) -> int:
    """Makes the day's files if there are none yet and something is public; how many. In one transaction."""
    uow: DisclosureUnitOfWork = work()
    uow.isolation = "repeatable_read"
    async with uow:
        if await uow.open_files.newest_day() == uow.today:
            return 0
        told, written = await uow.open_files.told_so_far()
        if not told:  # nothing was ever public: the day's files can still be the first ones
            return 0
        files = [file async for file in _files(uow, written)]
        await uow.open_files.supersede(uow.today)
        await uow.open_files.add(files, told)
        await uow.commit()
    return len(files)


async def _files(uow: DisclosureUnitOfWork, written: int) -> Any:
    names = dict(await uow.lines.departments())
    results: list[Mapping[str, Any]] = []
    findings: list[Mapping[str, Any]] = []
    async for row in uow.open_files.results():
        results.append(_result(row, names))
        if row["state"] != "withdrawn":
            findings += _findings(row)
    for dataset, rows in (("results", results), ("findings", findings)):
        for scope, part in by_scope(rows).items():
            async for file in _write(uow, dataset, scope, part):
                yield file
    plans = [_plan(row) for row in await uow.open_files.plans()]
    listings = [_listing(row) for row in await uow.open_files.listings()]
    since = datetime.combine(uow.today - timedelta(days=1), datetime.min.time(), SHANGHAI)
    changes = [_change(row) for row in await uow.open_files.changed(written, since)]
    for dataset, scope, rows in (("plans", "all", plans), ("listings", "all", listings), ("changes", "delta", changes)):
        async for file in _write(uow, dataset, scope, rows):
            yield file


async def _write(uow: DisclosureUnitOfWork, dataset: str, scope: str, rows: Rows) -> Any:
    for form, write in FORMS.items():
        content = write(dataset, rows)
        kept = await uow.around.files.put(_chunks(content), LARGEST)
        yield OpenFileView(
            name=f"{dataset}-{scope}-{uow.today.isoformat()}.{form}",
            dataset=dataset,
            dataset_name=DATASETS[dataset],
            form=form,
            scope=scope,
            day=uow.today,
            rows=len(rows),
            size=kept.size,
            sha256=kept.digest,
            superseded_on=None,
            made_at=uow.now,
        )


async def _chunks(content: bytes) -> Any:
    yield content


def _result(row: Any, names: Mapping[str, str]) -> Mapping[str, Any]:
    codes = tuple(row["outcome_codes"])
    return {
        "result_id": str(row["result_id"]),
        "version": row["version"],
        "state": row["state"],
        "entity_id": str(row["entity_id"]),
        "entity_name": row["entity_name"],
        "uscc": row["uscc"],
        "department": row["department"],
        "department_name": names.get(row["department"], row["department"]),
        "task_no": row["task_no"],
        "origin": row["origin"],
        "outcome_codes": list(codes),
        "outcomes": list(outcome_words(row["outcome"], codes)),
        "has_problem": row["has_problem"],
        "findings": row["findings"],
        "concluded_on": row["concluded_on"].isoformat(),
        "due_on": row["due_on"].isoformat(),
        "published_on": _local(row["published_at"]).date().isoformat(),
        "is_late": row["is_late"],
        "digest": row["digest"],
    }


def _findings(row: Any) -> Iterator[Mapping[str, Any]]:
    for found in json.loads(row["body"])["findings"]:
        yield {
            "result_id": str(row["result_id"]),
            "entity_id": str(row["entity_id"]),
            "department": row["department"],
            "concluded_on": row["concluded_on"].isoformat(),
            "item_id": found["item_id"],
            "item_name": found["item_name"],
            "outcome_code": found["outcome_code"],
            "outcome": found["outcome_text"],
            "severity": found["severity"],
        }


def _plan(row: Any) -> Mapping[str, Any]:
    days: dict[str, date] = {name: row[name] for name in ("window_start", "window_end")}
    return {
        "plan_no": row["plan_no"],
        "year": row["year"],
        "title": row["title"],
        "version": row["version"],
        "initiator": row["initiator"],
        "participants": list(row["participants"]),
        **{name: day.isoformat() for name, day in days.items()},
        "published_at": _local(row["published_at"]).isoformat(timespec="seconds"),
        "reason": row["reason"],
        "is_cancelled": row["cancelled_at"] is not None,
        "digest": row["digest"],
    }


def _listing(row: Any) -> Mapping[str, Any]:
    return {
        "listing_id": str(row["listing_id"]),
        "entity_id": str(row["entity_id"]),
        "entity_name": row["entity_name"],
        "uscc": row["uscc"],
        "list_code": row["list_code"],
        "list_name": LISTS.get(row["list_code"], row["list_code"]),
        "ground": row["ground"],
        "document_no": row["document_no"],
        "authority": row["authority"],
        "entered_on": row["entered_on"].isoformat(),
        "ends_on": None if row["ends_on"] is None else row["ends_on"].isoformat(),
    }


def _change(row: Any) -> Mapping[str, Any]:
    return {
        "result_id": str(row["result_id"]),
        "version": row["version"],
        "state": row["state"],
        "changed_at": _local(row["changed_at"]).isoformat(timespec="seconds"),
        "department": row["department"],
        "digest": row["digest"],
        "body": row["body"],
    }


def _local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)
