"""Reading a file into the staging table: row by row, or in blocks where only what needs judging in sets is staged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

import polars as pl

from services.registry.adapters.csv_blocks import Block
from services.registry.adapters.csv_files import Row
from services.registry.adapters.fast_entities import FastEntities
from services.registry.adapters.table_files import Table
from services.registry.domain.entities import EntityContent
from services.registry.domain.import_findings import Finding
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases._import_chunks import CHUNK, Chunk, RowJudge, chunks

KEYS = ("uscc", "external_no")
Made = TypeVar("Made")


async def stage_each(table: Table, judge: RowJudge, uow: RegistryUnitOfWork) -> list[Finding]:
    """Stages every good row; gives what is wrong with the others."""
    findings: list[Finding] = []
    todo = chunks(table.rows(), judge)
    while (chunk := await _in_thread(next, todo, None)) is not None:
        await uow.staging.add(chunk.records)
        findings += chunk.findings
    return findings


async def stage_many(
    table: Table, fast: FastEntities, judge: RowJudge, scope: str | None, uow: RegistryUnitOfWork
) -> tuple[list[Finding], pl.DataFrame]:
    """Stages only rows whose keys stand twice in the file or are stored already, and those `scope` may not answer for.

    Gives the findings so far, and the rows that are new beyond doubt, sorted by USCC.
    """
    findings: list[Finding] = []
    sure: list[pl.DataFrame] = []
    blocks = table.blocks()
    while (read := await _in_thread(_next_block, blocks, fast, judge)) is not None:
        good, chunk = read
        sure.append(good)
        findings += chunk.findings
        await uow.staging.add(chunk.records)
    if not sure:
        sure = [fast.judge(pl.DataFrame(schema={"line": pl.Int32, "text": pl.String})).sure]
    await uow.staging.take_turn()
    known = await uow.fresh.known_keys()
    fresh, doubtful = await _in_thread(_parted, pl.concat(sure), known, scope)
    sure.clear()
    for part in doubtful.iter_slices(CHUNK):
        await uow.staging.add(await _in_thread(_records, part, judge))
    return findings, fresh


def _next_block(blocks: Iterator[Block], fast: FastEntities, judge: RowJudge) -> tuple[pl.DataFrame, Chunk] | None:
    block = next(blocks, None)
    if block is None:
        return None
    judged = fast.judge(block.plain)
    unsure = [Row(line, text.split(",")) for line, text in judged.unsure.iter_rows()]
    chunk = Chunk([], [])
    for row in (*unsure, *block.rows):
        judge.judge(row, chunk)
    return judged.sure, chunk


def _parted(sure: pl.DataFrame, known: pl.DataFrame, scope: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    doubtful = pl.Series([False]).new_from_index(0, sure.height)
    for key in KEYS:
        taken = sure[key].is_duplicated() | sure[key].is_in(known[key].drop_nulls().implode())
        doubtful |= taken & sure[key].is_not_null()
    if scope is not None:
        doubtful |= ~sure["departments"].str.contains(f'"{scope}"', literal=True)
    return sure.filter(~doubtful).sort("uscc", nulls_last=True), sure.filter(doubtful)


def _records(part: pl.DataFrame, judge: RowJudge) -> list[tuple[Any, ...]]:
    return [judge.packer.pack(row.pop("line"), entity_content(row)) for row in part.iter_rows(named=True)]


def entity_content(row: dict[str, Any]) -> EntityContent:
    day = row["registered_on"]
    lists = {name: tuple(row[name][2:-2].split('","')) if row[name] != "{}" else () for name in ("departments", "tags")}
    return EntityContent(**row | lists | {"registered_on": day and date.fromisoformat(day)})


async def _in_thread(work: Callable[..., Made], *given: Any) -> Made:
    return await asyncio.to_thread(work, *given)
