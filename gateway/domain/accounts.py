"""Officers' accounts and machine clients: what they may be, when they are locked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.values.errors import Forbidden, Invalid, Refused

FAILURES_UNTIL_LOCK = 5
LOCK = timedelta(minutes=15)
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
"""三员: none holds two of the three, none a business role besides (`promises` section 10)."""
ROLES = ADMINISTRATORS | {
    "joint_office",
    "department_admin",
    "inspector",
    "reviewer",
    "auditor",
    "supervision",
    "operations",
    "witness",
}


class SignInFailed(Forbidden):
    """One answer for an unknown login, a wrong password and a disabled account: nobody learns which."""

    status = 401
    message = "账号或密码不正确"


class AccountLocked(Forbidden):
    message = "连续输错密码，账号已锁定，请 {minutes} 分钟后再试"


class RolesConflict(Invalid):
    message = "系统管理员、安全管理员、审计管理员不得兼任，也不得兼任业务角色"


class RoleUnknown(Invalid):
    message = "没有这种角色：{roles}"


class InspectorIdMissing(Invalid):
    message = "执法检查人员账号必须关联执法人员编号"


class LoginTaken(Refused):
    message = "账号名 {login} 已被使用"


class ClientTaken(Refused):
    message = "接入系统编号 {client_id} 已被使用"


@dataclass(frozen=True, slots=True)
class Account:
    """One officer's account: one department, at most one inspector (架构 Identity)."""

    officer_id: UUID
    login: str
    password_hash: str
    name: str
    district: str
    department: str
    roles: frozenset[str]
    inspector_id: UUID | None
    active: bool = True
    failures: int = 0
    locked_until: datetime | None = None
    version: int = 1

    def assert_may_try(self, now: datetime) -> None:
        """Raises SignInFailed when disabled, AccountLocked while locked."""
        if not self.active:
            raise SignInFailed
        if self.locked_until is not None and now < self.locked_until:
            raise AccountLocked(minutes=max(1, int((self.locked_until - now).total_seconds() // 60)))

    def tried(self, *, right: bool, now: datetime) -> Account:
        """After a try: a right password clears the count, the fifth wrong one in a row locks."""
        if right:
            return replace(self, failures=0, locked_until=None)
        failures = self.failures + 1
        locked = now + LOCK if failures >= FAILURES_UNTIL_LOCK else None
        return replace(self, failures=0 if locked else failures, locked_until=locked)


@dataclass(frozen=True, slots=True)
class Client:
    """A machine client (接入系统) of one department or of none."""

    client_id: str
    secret_hash: str
    name: str
    district: str
    department: str
    scopes: frozenset[str]
    active: bool = True


def assert_roles(roles: frozenset[str], inspector_id: UUID | None) -> None:
    """Raises RoleUnknown, RolesConflict or InspectorIdMissing."""
    unknown = roles - ROLES
    if unknown or not roles:
        raise RoleUnknown(roles="、".join(sorted(unknown)) or "（空）")
    if roles & ADMINISTRATORS and len(roles) > 1:
        raise RolesConflict
    if "inspector" in roles and inspector_id is None:
        raise InspectorIdMissing
