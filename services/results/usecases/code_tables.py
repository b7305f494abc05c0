"""Read code tables, and set a new version of one that is the district's own (本区代码表)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.results.domain.code_tables import CodeTableUnknown, TableVersion, check_table
from services.results.domain.vocabulary import Code, Vocabulary
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.runtime.principal import JOINT_OFFICE


@dataclass(frozen=True, slots=True)
class SetTable:
    """`source`: what it rests on (文号); `effective_on`: today or later."""

    name: str
    source: str
    effective_on: date
    codes: tuple[Code, ...]


async def set_table(command: SetTable, uow: ResultsUnitOfWork) -> TableVersion:
    """A new version beside the old ones: what was decided by them stays decided.

    Raises CodeTableUnknown, RoleMissing, and what `check_table` raises.
    """
    uow.principal.require(JOINT_OFFICE)
    async with uow:
        newest = await uow.vocabularies.newest(command.name)
        if newest is None:
            raise CodeTableUnknown(name=command.name)
        title, version = newest
        check_table(command.name, title, command.codes, command.effective_on, uow.today)
        made = TableVersion(command.name, title, version + 1, command.source, command.effective_on, command.codes)
        await uow.vocabularies.add(made)
        await uow.commit(made)
    return made


async def wordings(uow: ResultsUnitOfWork, *names: str) -> tuple[Mapping[str, str], ...]:
    """Inside an open unit of work: code → Chinese word of each table, for lists that people read."""
    tables = await uow.vocabularies.tables(uow.today, *names)
    return tuple({row.code: row.text for row in table.codes.values()} for table in tables)


async def table_today(name: str, uow: ResultsUnitOfWork) -> Vocabulary:
    """The version in effect today. Raises CodeTableUnknown."""
    async with uow:
        try:
            (table,) = await uow.vocabularies.tables(uow.today, name)
        except KeyError as error:
            raise CodeTableUnknown(name=name) from error
    return table
