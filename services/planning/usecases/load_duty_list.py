"""A department's power and duty list (权责清单) is loaded, or entries of it anew: changed, repealed (I1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.planning.domain.duty_bases import DutyBasis, check_entries
from services.planning.domain.filing import stated
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from services.planning.usecases.permissions import require_owner_or_office


@dataclass(frozen=True, slots=True)
class LoadDutyList:
    """`entries` replace those of the same code; the others stay. `paper`: the 文号 they came with."""

    department: str
    paper: str
    entries: tuple[DutyBasis, ...]


@dataclass(frozen=True, slots=True)
class DutyListLoaded:
    department: str
    version: int
    entries: int


async def load_duty_list(command: LoadDutyList, uow: PlanningUnitOfWork) -> DutyListLoaded:
    """Raises RoleMissing, NotYourDepartment, ReasonMissing (no paper), or what `check_entries` raises."""
    async with uow:
        require_owner_or_office(uow.principal, command.department)
        paper = stated(command.paper)
        check_entries(command.entries)
        version = await uow.counters.next("duty_list", command.department)
        entries = [replace(one, version=version, paper=paper) for one in command.entries]
        await uow.duty_bases.add(entries, uow.principal.subject, uow.now)
        loaded = DutyListLoaded(command.department, version, len(entries))
        await uow.commit(loaded)
    return loaded
