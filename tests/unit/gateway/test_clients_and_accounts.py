"""Two persons decide on a client (SEC19); passwords and the three administrators (SEC20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from gateway.domain.accounts import (
    ADMINISTRATORS,
    ROLES,
    Account,
    AccountLocked,
    PasswordTooWeak,
    RolesConflict,
    assert_password,
    assert_roles,
)
from gateway.domain.clients import (
    OVERLAP,
    AddressMalformed,
    AddressNotAllowed,
    Allowance,
    ChangeIncomplete,
    ChangeKind,
    ChangeState,
    Client,
    ClientChange,
    ClientChangeDecided,
    ClientNotActive,
    ClientState,
    OwnProposal,
    Secret,
)
from gateway.domain.policy import CallerFacts, Rule
from shared.values.ids import new_id

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
A_CLIENT = Client("peer", "对接系统", "d", "", frozenset({"credit.check"}), Secret("old", None))


def a_change(kind: ChangeKind, **facts: object) -> ClientChange:
    return ClientChange(new_id(), "d", "peer", kind, "因故", "officer:a", NOW, **facts)  # type: ignore[arg-type]


def test_who_proposed_does_not_decide_and_nobody_decides_twice() -> None:
    change = a_change(ChangeKind.OPENING)
    with pytest.raises(OwnProposal):
        change.decide(ChangeState.APPROVED, "officer:a", NOW)
    decided = change.decide(ChangeState.REFUSED, "officer:b", NOW)
    assert (decided.state, decided.decided_by) == (ChangeState.REFUSED, "officer:b")
    with pytest.raises(ClientChangeDecided):
        decided.decide(ChangeState.APPROVED, "officer:c", NOW)


def test_a_client_goes_from_proposed_to_active_to_disabled_and_no_other_way() -> None:
    active = A_CLIENT.after(a_change(ChangeKind.OPENING), NOW)
    disabled = active.after(a_change(ChangeKind.DISABLING), NOW)
    assert (active.state, disabled.state, disabled.version) == (ClientState.ACTIVE, ClientState.DISABLED, 3)
    for client, kind in (
        (A_CLIENT, ChangeKind.DISABLING),
        (active, ChangeKind.OPENING),
        (disabled, ChangeKind.OPENING),
    ):
        with pytest.raises(ClientNotActive):
            client.after(a_change(kind), NOW)


def test_the_secret_before_is_good_for_a_day() -> None:
    active = A_CLIENT.after(a_change(ChangeKind.OPENING), NOW)
    new = Secret("new", None)
    rotated = active.after(a_change(ChangeKind.SECRET, secret=new), NOW)
    assert rotated.secrets_at(NOW) == (new, A_CLIENT.secret)
    assert rotated.secrets_at(NOW + OVERLAP) == (new,)


def test_a_change_says_what_it_changes() -> None:
    for kind in (ChangeKind.SCOPES, ChangeKind.SECRET):
        with pytest.raises(ChangeIncomplete):
            a_change(kind)


def test_addresses_bound_where_a_client_calls_from() -> None:
    bounded = Allowance(addresses=("10.1.2.0/24", "2001:db8::/32"))
    bounded.assert_from("10.1.2.9")
    Allowance().assert_from("203.0.113.5")
    with pytest.raises(AddressNotAllowed):
        bounded.assert_from("10.1.3.9")
    with pytest.raises(AddressMalformed):
        Allowance(addresses=("10.1.2.0/240",))


@pytest.mark.parametrize("password", ["correct horse battery", "Passw0rd-x", "孟津区双随机公开监管平台口令"])
def test_a_strong_password_is_taken(password: str) -> None:
    assert_password(password, "scjg.admin")


@pytest.mark.parametrize("password", ["short", "0123456789", "elevenchars", "aaaaaaaaaaaaaaa", "my scjg.ADMIN pass"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        assert_password(password, "scjg.admin")


def test_the_three_administrators_exclude_one_another_and_every_business_role() -> None:
    """三员分离: `promises` section 10."""
    for one in ADMINISTRATORS:
        assert_roles(frozenset({one}), None)
    for pair in combinations(sorted(ROLES), 2):
        if ADMINISTRATORS & set(pair):
            with pytest.raises(RolesConflict):
                assert_roles(frozenset(pair), new_id())


def test_the_fifth_wrong_try_locks_for_at_least_ten_minutes() -> None:
    account = Account(new_id(), "x", "", "x", "d", "D", frozenset({"auditor"}), None)
    for _ in range(4):
        account = account.tried(right=False, now=NOW)
    account.assert_may_try(NOW)
    locked = account.tried(right=False, now=NOW)
    with pytest.raises(AccountLocked):
        locked.assert_may_try(NOW + timedelta(minutes=10))
    locked.assert_may_try(NOW + timedelta(minutes=16))


def test_a_narrow_scope_shows_its_fields_and_a_wide_one_everything() -> None:
    rule = Rule("registry", "GET", "/v1/x", scopes=frozenset({"wide", "narrow"}), fields={"narrow": ("uscc",)})
    narrow = CallerFacts(frozenset({"client"}), frozenset({"narrow"}), is_client=True)
    assert rule.shown(narrow) == frozenset({"uscc"})
    assert rule.shown(replace(narrow, scopes=frozenset({"wide", "narrow"}))) is None
    assert rule.shown(CallerFacts(frozenset({"auditor"}), frozenset(), is_client=False)) is None
