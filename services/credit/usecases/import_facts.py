"""Import facts (导入信用事实, K1): good rows go in and rate their entities, every other row is reported (L5)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.credit.domain.fact_rows import FactRow, RawRow, RowProblem, entity_unknown, key_repeated, read_row
from services.credit.domain.facts import Fact, FactName
from services.credit.domain.imports import ImportReport, NoRows, RowBatch
from services.credit.domain.indicators import IndicatorSystem
from services.credit.domain.step import Step
from services.credit.storage.replicas import Known
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.access import require_importer
from services.credit.usecases.apply_facts import AT_ONCE, class_moves, fold_in, tell
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class ImportFacts:
    batch: RowBatch


async def import_facts(command: ImportFacts, uow: CreditUnitOfWork) -> ImportReport:
    """Reads the rows, applies those that are right, keeps the report. The same file twice changes nothing.

    Raises RoleMissing, ScopeMissing, NoRows.
    """
    async with uow:
        require_importer(uow.principal)
        if not command.batch.rows:
            raise NoRows
        rules = await uow.rulebooks.current()
        read = await _read(command.batch.rows, rules.indicators, uow.today)
        problems = [row for row in read if isinstance(row, RowProblem)]
        rows = [row for row in read if isinstance(row, FactRow)]
        facts, refused = _facts(rows, await _known(rows, uow), uow)
        steps = await fold_in(facts, uow)
        tell(steps, uow)
        report = _report(command, uow, len(facts), steps, sorted(problems + refused, key=lambda found: found.line))
        await uow.imports.add(report, uow.principal.subject)
        await uow.commit(report)
    return report


async def _read(rows: Sequence[RawRow], system: IndicatorSystem, today: date) -> list[FactRow | RowProblem]:
    """Reads the rows, letting the process do other work in between."""
    read: list[FactRow | RowProblem] = []
    for start in range(0, len(rows), AT_ONCE):
        read += [read_row(row, system, today) for row in rows[start : start + AT_ONCE]]
        await asyncio.sleep(0)
    return read


async def _known(rows: Sequence[FactRow], uow: CreditUnitOfWork) -> Known:
    keys = [row.entity for row in rows]
    return await uow.replicas.find_many(
        list({key.entity_id for key in keys if key.entity_id}),
        list({key.uscc for key in keys if key.uscc}),
        list({key.external_no for key in keys if key.external_no and not key.uscc}),
    )


def _entity_of(row: FactRow, known: Known) -> UUID | None:
    """By the first key given: an entity_id, then the USCC, then the external number."""
    key = row.entity
    if key.entity_id is not None:
        return key.entity_id if key.entity_id in known.ids else None
    if key.uscc is not None:
        return known.by_uscc.get(key.uscc)
    return known.by_external_no.get(key.external_no or "")


def _facts(rows: Sequence[FactRow], known: Known, uow: CreditUnitOfWork) -> tuple[list[Fact], list[RowProblem]]:
    facts: list[Fact] = []
    problems: list[RowProblem] = []
    digests: dict[tuple[UUID, FactName], tuple[str, bool]] = {}
    for row in rows:
        entity_id = _entity_of(row, known)
        if entity_id is None:
            problems.append(entity_unknown(row))
            continue
        fact = row.fact(entity_id, uow.now)
        content = (fact.digest, fact.standing)
        if digests.setdefault((entity_id, fact.name), content) != content:
            problems.append(key_repeated(row))
            continue
        facts.append(fact)
    return sorted(facts, key=lambda fact: fact.entity_id), problems


def _report(
    command: ImportFacts, uow: CreditUnitOfWork, applied: int, steps: Sequence[Step], problems: Sequence[RowProblem]
) -> ImportReport:
    by_entity: dict[UUID, list[Step]] = {}
    for step in steps:
        by_entity.setdefault(step.record.entity_id, []).append(step)
    classes = Counter(after.value for _, _, after in class_moves(by_entity))
    return ImportReport(
        id=new_id(),
        received=len(command.batch.rows),
        accepted=len(steps),
        unchanged=applied - len(steps),
        rejected=len(problems),
        entities_rated=len(by_entity),
        classes=dict(sorted(classes.items())),
        problems=problems,
        indicator_version=steps[0].record.indicator_version if steps else 0,
        imported_at=uow.now,
    )
