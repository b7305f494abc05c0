"""Who acts on a filing: its department's administrator files, the joint office decides (架构 Identity)."""

from __future__ import annotations

from shared.runtime.principal import DEPARTMENT_ADMIN, JOINT_OFFICE, Principal
from shared.values.errors import Forbidden


class NotYourDepartment(Forbidden):
    message = "只有 {department} 的部门管理员可以办理"


def require_owner(principal: Principal, department: str) -> None:
    """The administrator of that department. Raises RoleMissing or NotYourDepartment."""
    principal.require(DEPARTMENT_ADMIN)
    if principal.department != department:
        raise NotYourDepartment(department=department)


def require_owner_or_office(principal: Principal, department: str) -> None:
    """Raises RoleMissing or NotYourDepartment."""
    principal.require(DEPARTMENT_ADMIN, JOINT_OFFICE)
    if JOINT_OFFICE not in principal.roles:
        require_owner(principal, department)
