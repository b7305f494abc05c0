"""Send results of another channel (导入检查结果), and see what became of each. Taking in: `take_in_imports`."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from services.results.domain.imports import ImportRow, ImportUnknown, ReadRecord, ResultImport, RowState, check_batch
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.runtime.principal import DEPARTMENT_ADMIN, INSPECTOR
from shared.values.ids import new_id


@dataclass(frozen=True, slots=True)
class ImportResults:
    """`source`: the other system; `sha256` (hex) of what was sent stands for it in the audit trail."""

    source: str
    sha256: str
    count: int
    records: tuple[ReadRecord, ...] = field(metadata={"personal": True})


async def import_results(command: ImportResults, uow: ResultsUnitOfWork) -> ResultImport:
    """Keeps every record as it came; the worker takes them in one by one. The officer's department is the one that
    inspected. Raises RoleMissing, ImportEmpty, TooManyRecords."""
    uow.principal.require(INSPECTOR, DEPARTMENT_ADMIN)
    records = check_batch(command.records)
    wrong = sum(one.problem is not None for one in records)
    async with uow:
        made = ResultImport(
            id=new_id(),
            department=uow.principal.department,
            source=command.source,
            filed_by=uow.principal.subject,
            inspector_id=uow.principal.inspector_id,
            filed_at=uow.now,
            counts={RowState.PENDING: len(records) - wrong, RowState.WRONG: wrong},
        )
        await uow.review.imports.add(made, records)
        await uow.review.deadlines.watch()
        await uow.commit(made)
    return made


async def one_import(import_id: UUID, uow: ResultsUnitOfWork) -> ResultImport:
    """Raises ImportUnknown."""
    async with uow:
        found = await uow.review.imports.find(import_id)
    if found is None:
        raise ImportUnknown
    return found


async def page_of_imports(
    source: str | None, uow: ResultsUnitOfWork, size: int, after: UUID | None
) -> list[ResultImport]:
    async with uow:
        return await uow.review.imports.page(source, size, after)


async def rows_of_import(
    import_id: UUID, state: str | None, uow: ResultsUnitOfWork, size: int, after: int
) -> list[ImportRow]:
    """Inside an open unit of work, by their numbers. Raises ImportUnknown."""
    if await uow.review.imports.find(import_id) is None:
        raise ImportUnknown
    return await uow.review.imports.rows(import_id, state, size, after)
