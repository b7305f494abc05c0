"""Re-rate without a fact: days on which a window or a term is over (K3), and a newly activated system (K1).

Each call is a chunk in a transaction of its own that journals what it did; a kill between two loses nothing and repeats
nothing, because what is left to do is read from the records themselves.
"""

from __future__ import annotations

from typing import Final

from services.credit.domain.observation import ObservationOpened, period_of
from services.credit.domain.rerating import DayOpened, SystemApplied
from services.credit.domain.step import Input
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.apply_facts import apply_facts

CHUNK: Final = 1_000


async def open_days(uow: CreditUnitOfWork, size: int = CHUNK) -> int:
    """Opens, for entities that are due by today, the day on which each was; the earliest first. Returns how many: 0
    when nobody is due."""
    async with uow:
        due = await uow.ledger.due(uow.today, size)
        if due:
            await apply_facts([DayOpened(entity_id, day) for entity_id, day in due], uow)
            await uow.commit()
    return len(due)


async def apply_system(uow: CreditUnitOfWork, size: int = CHUNK) -> int:
    """Rates records of an earlier version of the indicator system by the one in force. Returns how many: 0 when all
    are."""
    async with uow:
        activation = await uow.rulebooks.activation()
        if activation is None:
            return 0
        version, at = activation
        behind = await uow.ledger.rated_before(version, size)
        if behind:
            await apply_facts([SystemApplied(entity_id, version, at) for entity_id in behind], uow)
            await uow.commit()
    return len(behind)


async def open_observations(uow: CreditUnitOfWork) -> int:
    """Opens the observation period of entities that the version in force newly counts among the new forms (K4)."""
    async with uow:
        rules = await uow.rulebooks.current()
        if not rules.indicators.new_forms:
            return 0
        found = await uow.replicas.of_industries([p for form in rules.indicators.new_forms for p in form.industries])
        opened: list[Input] = []
        for entity in found:
            period = period_of(entity.industry, entity.registered_on, rules.indicators)
            if period is not None and period.ends_before > uow.today:
                opened.append(
                    ObservationOpened(entity.entity_id, uow.now, period.form, period.starts_on, period.ends_before)
                )
        steps = await apply_facts(opened, uow)
        await uow.commit()
    return len(steps)
