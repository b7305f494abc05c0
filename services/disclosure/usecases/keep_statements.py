"""Statements of enterprises as results tells them, and as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.disclosure.domain.statements import Statement
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork


async def keep_statements(told: Sequence[Statement], uow: DisclosureUnitOfWork) -> None:
    """The result it stands beside may not have come yet: each is kept for itself."""
    await uow.statements.keep(told)


async def statements_of_result(result_id: UUID, uow: DisclosureUnitOfWork) -> list[Statement]:
    async with uow:
        return await uow.statements.of_result(result_id)


async def statements_of_entity(entity_id: UUID, uow: DisclosureUnitOfWork) -> list[Statement]:
    async with uow:
        return await uow.statements.of_entity(entity_id)
