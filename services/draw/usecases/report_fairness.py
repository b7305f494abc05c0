"""The yearly fairness report from real draws (年度公平性报告, B9)."""

from __future__ import annotations

import asyncio

from services.draw.domain.yearly_report import FairnessReport, YearOfDraws, report_of
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.storage.visits import first_of_year
from shared.runtime.principal import AUDITOR, JOINT_OFFICE, SUPERVISION

FIRST_YEAR = 2000
LAST_YEAR = 2099


async def fairness_report(year: int, uow: DrawUnitOfWork) -> FairnessReport:
    """Of the draws frozen in a calendar year. Raises RoleMissing."""
    async with uow:
        return await fairness_report_inside(year, uow)


async def fairness_report_inside(year: int, uow: DrawUnitOfWork) -> FairnessReport:
    """The same inside an open unit of work. Raises RoleMissing."""
    uow.principal.require(JOINT_OFFICE, AUDITOR, SUPERVISION)
    span = first_of_year(uow.today.replace(year=year, day=1)), first_of_year(uow.today.replace(year=year + 1, day=1))
    await uow.pools.be_patient()
    async with uow.across_departments():
        ids = await uow.fairness.draws_of(*span)
        stored = YearOfDraws(
            design=await uow.fairness.design(ids),
            voided=await uow.fairness.voided(*span),
            cuts=await uow.fairness.cuts(ids),
            seats=await uow.fairness.seats(ids),
            teams=await uow.fairness.pairs(ids),
            reasons=await uow.fairness.reasons(ids),
            objects_given_up=await uow.fairness.objects_given_up(ids),
            officers_given_up=await uow.fairness.officers_given_up(ids),
        )
    return await asyncio.to_thread(report_of, year, stored)
