"""Follow registry: pull the rows of a change set (变更批次) and keep the replica as registry has it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.credit.domain.entities import EntityRow
from services.credit.domain.observation import ObservationOpened, period_of
from services.credit.domain.record import Rules
from services.credit.domain.step import Input
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.apply_facts import apply_facts


async def follow_registry(change_set_ids: Sequence[UUID], uow: CreditUnitOfWork) -> None:
    """Applies change sets in order, page by page. Never commits."""
    if uow.change_sets is None:
        raise RuntimeError("this unit of work was opened without registry's change sets")
    for change_set_id in change_set_ids:
        async for page in uow.change_sets.entity_rows(change_set_id):
            await uow.replicas.put(page, uow.now)
            await apply_facts(_of_new_forms(page, await uow.rulebooks.current(), uow), uow)


def _of_new_forms(page: Sequence[EntityRow], rules: Rules, uow: CreditUnitOfWork) -> list[Input]:
    """Observation periods (观察期, K4) that are still to run."""
    opened: list[Input] = []
    for entity in page:
        period = period_of(entity.industry, entity.registered_on, rules.indicators)
        if period is not None and period.ends_before > uow.today:
            opened.append(
                ObservationOpened(entity.entity_id, uow.now, period.form, period.starts_on, period.ends_before)
            )
    return opened
