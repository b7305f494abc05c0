"""Who acts. Every transaction runs in the name of a principal; without one the database shows nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shared.values.errors import Forbidden

JOINT_OFFICE = "joint_office"
DEPARTMENT_ADMIN = "department_admin"
INSPECTOR = "inspector"
REVIEWER = "reviewer"
AUDITOR = "auditor"
SUPERVISION = "supervision"
OPERATIONS = "operations"
CLIENT = "client"
SERVICE = "service"

READS_ALL = frozenset({AUDITOR, SUPERVISION})
"""Roles that read every department of the district (架构 Identity)."""


class RoleMissing(Forbidden):
    message = "当前账号没有办理此事的权限（需要：{roles}）"


@dataclass(frozen=True, slots=True)
class Principal:
    """An officer, a machine client or a service. `inspector_id` is set for officers who hold a certificate."""

    subject: str
    district: str
    department: str = ""
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    officer_id: UUID | None = None
    inspector_id: UUID | None = None
    act_for: str | None = None
    request_id: str = ""

    @property
    def is_service(self) -> bool:
        return SERVICE in self.roles

    @property
    def reads_all(self) -> bool:
        return self.is_service or bool(self.roles & READS_ALL)

    def require(self, *roles: str) -> None:
        """Raises RoleMissing unless the principal holds one of `roles`."""
        if not self.roles & set(roles):
            raise RoleMissing(roles="、".join(roles))


def service_principal(name: str, district: str) -> Principal:
    """The worker of a service acting for itself, e.g. while it applies events."""
    return Principal(subject=f"service:{name}", district=district, roles=frozenset({SERVICE}))
