"""Who may do what here: officers by role, machine clients by scope; the gateway has decided once already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.credit.storage.unit_of_work import CreditUnitOfWork
from shared.runtime.principal import CLIENT, DEPARTMENT_ADMIN, JOINT_OFFICE, Principal, service_principal
from shared.values.errors import Forbidden

READ: Final = "credit.read"
CHECK: Final = "credit.check"
WRITE: Final = "credit.write"
IMPORTERS: Final = (JOINT_OFFICE, DEPARTMENT_ADMIN)


class ScopeMissing(Forbidden):
    message = "接入系统没有此项授权（需要：{scopes}）"


def require_scope(principal: Principal, *scopes: str) -> None:
    """Officers and services pass; a machine client holds one of `scopes`. Raises ScopeMissing."""
    if CLIENT in principal.roles and not principal.scopes & set(scopes):
        raise ScopeMissing(scopes="、".join(scopes))


def require_importer(principal: Principal) -> None:
    """Raises ScopeMissing, RoleMissing."""
    if CLIENT in principal.roles:
        require_scope(principal, WRITE)
    else:
        principal.require(*IMPORTERS)


@asynccontextmanager
async def in_own_name(uow: CreditUnitOfWork) -> AsyncIterator[None]:
    """Acts in the name of the service inside an open unit of work, for who has no department: an enterprise."""
    caller = uow.principal
    await uow.act_as(service_principal("credit", uow.district))
    try:
        yield
    except BaseException:
        # The transaction may be beyond any statement; it ends here.
        uow.principal = caller
        raise
    await uow.act_as(caller)
