"""A commitment against itself: rows `DUPLICATE_ID`, `REFERENCE`, `TEAM`, `ALLOC`, `CEREMONY` of section 6."""

from collections.abc import Iterable

from services.draw.domain.commitment import EXPERT, DepartmentTeam, Scope, Terms
from services.draw.domain.errors import AllocRefused, CeremonyRefused, DuplicateId, ReferenceRefused, TeamRefused

MIN_OFFICERS = 2


def check_terms(terms: Terms, published_at: str) -> None:
    """All rows that judge a commitment alone, in their order. Raises a RulesRefusal."""
    _check_ids(terms)
    declared = {stratum.id: stratum.size for stratum in terms.strata}
    for scope in terms.scopes:
        for entry in scope.strata:
            if entry.stratum not in declared:
                raise ReferenceRefused(f"范围 {scope.id} 引用了 {entry.stratum}")
    for scope in terms.scopes:
        for department in scope.departments:
            _check_team(scope, department)
    for scope in terms.scopes:
        _check_allocation(scope, declared)
    _check_ceremony(terms, published_at)


def _check_ids(terms: Terms) -> None:
    _distinct(terms.columns, "列名")
    _distinct((stratum.id for stratum in terms.strata), "分层")
    _distinct((scope.id for scope in terms.scopes), "抽取范围")
    _distinct((party.id for party in terms.parties), "见证方")
    _distinct((beacon.id for beacon in terms.beacons), "公共随机源")
    for scope in terms.scopes:
        _distinct((entry.stratum for entry in scope.strata), f"范围 {scope.id} 的分层")
        _distinct((department.id for department in scope.departments), f"范围 {scope.id} 的部门")


def _distinct(ids: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise DuplicateId(f"{what} {name}")
        seen.add(name)


def _check_team(scope: Scope, department: DepartmentTeam) -> None:
    """At least two officers (《行政处罚法》第四十二条: 执法人员不得少于两人), experts after them."""
    where = f"范围 {scope.id} 部门 {department.id}"
    officers = sum(not slot.is_expert for slot in department.team)
    if officers < MIN_OFFICERS:
        raise TeamRefused(f"{where} 只有 {officers} 名执法人员")
    if any(not slot.is_expert for slot in department.team[officers:]):
        raise TeamRefused(f"{where} 的专家未排在最后")
    if any(EXPERT in slot.tags for slot in department.team):
        raise TeamRefused(f"{where} 使用了保留标签 {EXPERT}")


def _check_allocation(scope: Scope, sizes: dict[str, int]) -> None:
    for entry in scope.strata:
        if entry.min is not None and entry.max is not None and entry.min > entry.max:
            raise AllocRefused(f"范围 {scope.id} 分层 {entry.stratum} 的下限大于上限")
    if scope.total is None:
        return
    mass = sum(sizes[entry.stratum] * (entry.weight or 1) for entry in scope.strata)
    if mass > 2**63:
        raise AllocRefused(f"范围 {scope.id} 的加权总数超过 2^63")
    for entry in scope.strata:
        if mass and sizes[entry.stratum] and scope.total * (entry.weight or 1) > mass:
            raise AllocRefused(f"范围 {scope.id} 可能向分层 {entry.stratum} 索取多于其全部的对象")


def _check_ceremony(terms: Terms, published_at: str) -> None:
    parties = len(terms.parties)
    if not 2 <= terms.min_shares <= parties:
        raise CeremonyRefused(f"最少份额数 {terms.min_shares} 不在 2…{parties}")
    if terms.no_beacon_profile == bool(terms.beacons):
        raise CeremonyRefused("no_beacon_profile 当且仅当没有公共随机源时出现")
    if terms.no_beacon_profile and terms.min_shares != parties:
        raise CeremonyRefused("没有公共随机源时须收齐全部份额")
    if terms.reveal_deadline <= published_at:
        raise CeremonyRefused("份额截止时间不晚于公布时间")
    if any(beacon.not_before <= terms.reveal_deadline for beacon in terms.beacons):
        raise CeremonyRefused("公共随机源的产生时间不晚于份额截止时间")
