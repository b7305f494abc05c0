"""Reading a file into the staging table: row by row, or in blocks where only what needs judging in sets is staged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl

from services.registry.adapters.csv_blocks import Block
from services.registry.adapters.csv_files import Row
from services.registry.adapters.fast_entities import FastEntities, entity_content
from services.registry.adapters.table_files import Table
from services.registry.domain.import_findings import Finding
from services.registry.storage.fresh_rows import FreshObjects
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases._import_chunks import CHUNK, Chunk, RowJudge, chunks

KEYS = ("uscc", "external_no")
COMPARED_FROM = 20_000
"""So many known objects are compared in memory; fewer are judged in the database with the rest."""
Made = TypeVar("Made")
Tell = Callable[[float], Awaitable[None]]
"""Told how much of the file was read, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What reading found. `fresh`: rows new beyond doubt, `unchanged`: rows that are stored already just so; neither
    was staged."""

    findings: list[Finding]
    fresh: FreshObjects | None = None
    unchanged: int = 0


async def stage_each(table: Table, judge: RowJudge, uow: RegistryUnitOfWork) -> Staged:
    """Stages every good row."""
    findings: list[Finding] = []
    todo = chunks(table.rows(), judge)
    while (chunk := await _in_thread(next, todo, None)) is not None:
        await uow.staging.add(chunk.records)
        findings += chunk.findings
    return Staged(findings)


async def stage_many(
    table: Table, fast: FastEntities, judge: RowJudge, scope: str | None, uow: RegistryUnitOfWork, tell: Tell
) -> Staged:
    """Stages only rows whose keys stand twice in the file or are stored with other content, those the readers of single
    rows took, and those `scope` may not answer for."""
    findings: list[Finding] = []
    sure: list[pl.DataFrame] = []
    async with aclosing(_ahead(table.blocks())) as blocks:
        async for block in blocks:
            good, chunk = await _in_thread(judge_block, block, fast, judge)
            sure.append(good)
            findings += chunk.findings
            await uow.staging.add(chunk.records)
            await tell(block.read)
    if not sure:
        return Staged(findings)
    await uow.staging.take_turn()
    rows = pl.concat(sure)
    sure.clear()
    fresh, unchanged = await _settle_sure(rows, fast, judge, scope, uow)
    return Staged(findings, fresh, unchanged)


async def _settle_sure(
    rows: pl.DataFrame, fast: FastEntities, judge: RowJudge, scope: str | None, uow: RegistryUnitOfWork
) -> tuple[FreshObjects, int]:
    doubtful = await _in_thread(_among_themselves, rows, await uow.fresh.staged_keys(), fast, scope)
    known = await _in_thread(_keys_in, rows, await uow.fresh.known_keys(rows)) & ~doubtful
    new = rows.filter(~doubtful & ~known)
    rows = rows.with_columns(doubtful.alias("doubtful")).filter(doubtful | known)
    unchanged = 0
    if rows.height - rows["doubtful"].sum() >= COMPARED_FROM:
        same = await uow.fresh.unchanged(FreshObjects(rows, fast.values), judge.provided) & ~rows["doubtful"]
        unchanged, rows = int(same.sum()), rows.filter(~same)
    for part in rows.drop("doubtful").iter_slices(CHUNK):
        await uow.staging.add(await _in_thread(_records, part, fast, judge))
    return FreshObjects(new, fast.values), unchanged


async def _ahead(blocks: Iterator[Block]) -> AsyncGenerator[Block, None]:
    """The blocks, each read while the one before it is being judged."""
    following = asyncio.create_task(_in_thread(next, blocks, None))
    try:
        while (block := await following) is not None:
            following = asyncio.create_task(_in_thread(next, blocks, None))
            yield block
    finally:
        await asyncio.gather(following, return_exceptions=True)


def judge_block(block: Block, fast: FastEntities, judge: RowJudge) -> tuple[pl.DataFrame, Chunk]:
    """The rows taken by columns, and what the reader of single rows made of the others."""
    judged = fast.judge(block.plain)
    unsure = [Row(line, text.split(",")) for line, text in judged.unsure.iter_rows()]
    chunk = Chunk([], [])
    for row in (*unsure, *block.rows):
        judge.judge(row, chunk)
    return judged.sure, chunk


def _keys_in(rows: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Where one of the keys of a row is among `known`."""
    found = pl.Series([False]).new_from_index(0, rows.height)
    for key in KEYS:
        if known[key].null_count() < known.height:
            found |= rows[key].is_in(known[key].drop_nulls().implode()).fill_null(False)
    return found


def _among_themselves(rows: pl.DataFrame, staged: pl.DataFrame, fast: FastEntities, scope: str | None) -> pl.Series:
    """Where a key stands twice in the file, or the importing department may not answer for the object."""
    doubtful = _keys_in(rows, staged)
    for key in KEYS:
        if rows[key].null_count() < rows.height:
            # Equal hashes of other keys only send a row the longer way.
            doubtful |= rows[key].hash().is_duplicated() & rows[key].is_not_null()
    if scope is not None:
        answered = pl.Series([scope in departments for departments in fast.values["departments"]], dtype=pl.Boolean)
        doubtful |= ~answered.gather(rows["departments"])
    return doubtful


def _records(part: pl.DataFrame, fast: FastEntities, judge: RowJudge) -> list[tuple[Any, ...]]:
    return [judge.packer.pack(row["line"], entity_content(row, fast.values)) for row in part.iter_rows(named=True)]


async def _in_thread(work: Callable[..., Made], *given: Any) -> Made:
    return await asyncio.to_thread(work, *given)
