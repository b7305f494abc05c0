"""Machine clients (接入系统) and what is decided about them: one administrator proposes, another approves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from uuid import UUID

from gateway.domain.limits import PER_DAY, PER_MINUTE
from shared.values.errors import Forbidden, Invalid, NotFound, Refused

OVERLAP = timedelta(hours=24)
"""How long the secret before stays good after a rotation (SEC19: two active)."""
MAY_DECIDE = ("system_admin", "security_admin")


class ClientTaken(Refused):
    message = "接入系统编号 {client_id} 已被使用"


class ClientUnknown(NotFound):
    message = "没有接入系统 {client_id}"


class ClientChangeUnknown(NotFound):
    message = "没有这项接入系统变更"


class ClientChangeDecided(Refused):
    message = "这项变更已经办结，当前状态：{state}"


class ClientChangeWaits(Refused):
    message = "接入系统 {client_id} 还有一项变更等待审批，请先办结"


class ClientNotActive(Refused):
    message = "接入系统 {client_id} 当前状态为“{state}”，不能变更"


class OwnProposal(Forbidden):
    message = "提出人不能审批自己提出的变更"


class AddressNotAllowed(Forbidden):
    message = "接入系统不允许从此网络地址调用"


class AddressMalformed(Invalid):
    message = "网络地址段格式不对：{address}"


class ChangeIncomplete(Invalid):
    message = "此类变更必须填写：{field}"


class ClientState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    DISABLED = "disabled"


class ChangeKind(StrEnum):
    OPENING = "opening"
    SCOPES = "scopes"
    SECRET = "secret"  # noqa: S105 - a kind of change
    DISABLING = "disabling"


class ChangeState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret at rest: the hash that sign-in is checked with, and sealed, as signatures need the secret itself."""

    hash: str
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests a minute and a day; empty `addresses`: from anywhere."""

    per_minute: int = PER_MINUTE
    per_day: int = PER_DAY
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for address in self.addresses:
            try:
                ip_network(address)
            except ValueError as error:
                raise AddressMalformed(address=address) from error

    def assert_from(self, address: str) -> None:
        """Raises AddressNotAllowed."""
        if self.addresses and not any(ip_address(address) in ip_network(allowed) for allowed in self.addresses):
            raise AddressNotAllowed


@dataclass(frozen=True, slots=True)
class Client:
    """A machine client of one department or of none. `before` is good until `before_until`."""

    client_id: str
    name: str
    district: str
    department: str
    scopes: frozenset[str]
    secret: Secret
    allowance: Allowance = Allowance()
    state: ClientState = ClientState.PROPOSED
    before: Secret | None = None
    before_until: datetime | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        return self.state is ClientState.ACTIVE

    def secrets_at(self, now: datetime) -> tuple[Secret, ...]:
        """Those that are good: the present one, and for a while the one before."""
        if self.before is not None and self.before_until is not None and now < self.before_until:
            return (self.secret, self.before)
        return (self.secret,)

    def assert_may_change(self, kind: ChangeKind) -> None:
        """Raises ClientNotActive: what is not open cannot be changed."""
        wanted = ClientState.PROPOSED if kind is ChangeKind.OPENING else ClientState.ACTIVE
        if self.state is not wanted:
            raise ClientNotActive(client_id=self.client_id, state=STATES[self.state])

    def after(self, change: ClientChange, now: datetime) -> Client:
        """The client as the approved change makes it."""
        self.assert_may_change(change.kind)
        grown = replace(self, version=self.version + 1)
        match change.kind:
            case ChangeKind.OPENING:
                return replace(grown, state=ClientState.ACTIVE)
            case ChangeKind.DISABLING:
                return replace(grown, state=ClientState.DISABLED, before=None, before_until=None)
            case ChangeKind.SCOPES:
                return replace(grown, scopes=change.scopes, allowance=change.allowance or self.allowance)
            case ChangeKind.SECRET:
                assert change.secret is not None
                return replace(grown, secret=change.secret, before=self.secret, before_until=now + OVERLAP)


STATES = {ClientState.PROPOSED: "待审批", ClientState.ACTIVE: "启用", ClientState.DISABLED: "停用"}
DECISIONS = {ChangeState.PROPOSED: "待审批", ChangeState.APPROVED: "已批准", ChangeState.REFUSED: "已退回"}


@dataclass(frozen=True, slots=True)
class ClientChange:
    """A change of a client that waits for a second administrator, or did."""

    id: UUID
    district: str
    client_id: str
    kind: ChangeKind
    reason: str
    proposed_by: str
    proposed_at: datetime
    scopes: frozenset[str] = frozenset()
    allowance: Allowance | None = None
    secret: Secret | None = None
    state: ChangeState = ChangeState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.kind is ChangeKind.SCOPES and not self.scopes:
            raise ChangeIncomplete(field="scopes")
        if self.kind is ChangeKind.SECRET and self.secret is None:
            raise ChangeIncomplete(field="secret")

    def decide(self, state: ChangeState, by: str, now: datetime) -> ClientChange:
        """Raises ClientChangeDecided, or OwnProposal where the proposer decides."""
        if self.state is not ChangeState.PROPOSED:
            raise ClientChangeDecided(state=DECISIONS[self.state])
        if by == self.proposed_by:
            raise OwnProposal
        return replace(self, state=state, decided_by=by, decided_at=now)
