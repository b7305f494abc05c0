"""Who may do what here: officers by role, machine clients by scope; the gateway has decided once already."""

from __future__ import annotations

from typing import Final

from shared.runtime.principal import CLIENT, DEPARTMENT_ADMIN, JOINT_OFFICE, Principal
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
