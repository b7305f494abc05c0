"""Who may do what here; the gateway has decided once already."""

from __future__ import annotations

from typing import Final

from shared.runtime.principal import CLIENT, DEPARTMENT_ADMIN, JOINT_OFFICE, REVIEWER, Principal
from shared.values.errors import Forbidden

WRITE: Final = "exchange.write"
CORRECTORS: Final = (DEPARTMENT_ADMIN, REVIEWER, JOINT_OFFICE)


class OfficersOnly(Forbidden):
    message = "报送数据只供部门工作人员查看"


def require_officer(principal: Principal) -> None:
    """Raises OfficersOnly for a machine client: what waits for a peer is nobody else's."""
    if CLIENT in principal.roles:
        raise OfficersOnly


class ScopeMissing(Forbidden):
    message = "接入系统没有此项授权（需要：{scope}）"


def require_receiver(principal: Principal) -> None:
    """A machine client with the scope, or the joint office. Raises ScopeMissing, RoleMissing."""
    if CLIENT not in principal.roles:
        principal.require(JOINT_OFFICE)
    elif WRITE not in principal.scopes:
        raise ScopeMissing(scope=WRITE)
