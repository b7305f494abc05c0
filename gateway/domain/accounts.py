"""Officers' accounts: what they may be, when they are locked, what a password must be (SEC20)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from shared.values.errors import Forbidden, Invalid, NotFound, Refused

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


class ExternalSubjectTaken(Refused):
    message = "这个统一身份认证标识已关联另一个账号"


class AccountUnknown(NotFound):
    message = "没有账号 {login}"


class PasswordWrong(Forbidden):
    message = "当前密码不正确"


class PasswordSame(Invalid):
    message = "新密码不能与当前密码相同"


class PasswordTooWeak(Invalid):
    message = "密码至少 12 位，或至少 10 位并包含大写字母、小写字母、数字、符号中的三类，且不得包含账号名"


class SecondFactorNeeded(Forbidden):
    status = 401
    message = "请输入动态验证码"


class SecondFactorWrong(Forbidden):
    status = 401
    message = "动态验证码不正确或已经用过，请等待下一个验证码"


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
    second_factor: bytes | None = None
    """The shared secret of the one-time codes, sealed."""
    second_factor_step: int = 0
    """The last time step whose code was used: no code counts twice (RFC 6238, 5.2)."""
    external_subject: str | None = None
    """Who the officer is at the issuer of people (统一身份认证), where there is one."""

    @property
    def is_administrator(self) -> bool:
        return bool(self.roles & ADMINISTRATORS)

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

    def changed(self, *, roles: frozenset[str], department: str, active: bool) -> Account:
        """As an administrator changes it. Raises RolesConflict, RoleUnknown, InspectorIdMissing."""
        assert_roles(roles, self.inspector_id)
        return replace(self, roles=roles, department=department, active=active, version=self.version + 1)


LONG_PASSWORD, SHORT_PASSWORD, CLASSES = 12, 10, 3


def assert_password(password: str, login: str) -> None:
    """Raises PasswordTooWeak: 12 characters, or 10 of three classes; never with the login in it (SEC20)."""
    classes = [
        any(letter.isupper() for letter in password),
        any(letter.islower() for letter in password),
        any(letter.isdigit() for letter in password),
        any(not letter.isalnum() for letter in password),
    ]
    is_strong = len(password) >= LONG_PASSWORD or (len(password) >= SHORT_PASSWORD and sum(classes) >= CLASSES)
    if not is_strong or login.lower() in password.lower() or len(set(password)) <= 3:
        raise PasswordTooWeak


def assert_roles(roles: frozenset[str], inspector_id: UUID | None) -> None:
    """Raises RoleUnknown, RolesConflict or InspectorIdMissing."""
    unknown = roles - ROLES
    if unknown or not roles:
        raise RoleUnknown(roles="、".join(sorted(unknown)) or "（空）")
    if roles & ADMINISTRATORS and len(roles) > 1:
        raise RolesConflict
    if "inspector" in roles and inspector_id is None:
        raise InspectorIdMissing
