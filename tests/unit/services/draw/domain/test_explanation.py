"""What cannot be filled is explained visit by visit, and every enterprise can see why (G2, B4, D1)."""

from dataclasses import replace

import pytest

from services.draw.domain.computation import Frozen, Outcome, compute
from services.draw.domain.department_matching import Shortage
from services.draw.domain.explanation import explain, shortage_text
from services.draw.domain.lists import Recusal
from services.draw.domain.standing import verdicts
from services.draw.domain.verify import read_frozen, read_reveal, read_substitutions
from tests.builders.draw_ceremony import a_record


def computed(seed: int, **changes: object) -> tuple[Frozen, Outcome]:
    record = a_record(seed)
    frozen, _ = read_frozen(record)
    frozen = replace(frozen, **changes)  # type: ignore[arg-type]
    return frozen, compute(frozen, read_reveal(record["reveal"]), read_substitutions(record["substitutions"]))


@pytest.mark.parametrize("seed", range(30))
def test_every_open_place_is_explained_with_a_reason_for_each_inspector_of_the_department(seed: int) -> None:
    frozen, outcome = computed(seed)
    missing = {(a.token, a.department, a.idx) for a in outcome.assignments if a.inspector is None}
    gaps = explain(frozen, outcome)
    assert {(gap.token, gap.department, place.idx) for gap in gaps for place in gap.places} == missing
    for gap in gaps:
        people = sum(inspector.department == gap.department for inspector in frozen.roster)
        assert all(sum(count for _, count in place.counts) == people for place in gap.places)
        assert gap.text().startswith(f"对象 {gap.token.hex()[:16]}… 部门 {gap.department}：缺 {len(gap.places)} 席")


@pytest.mark.parametrize("seed", range(30))
def test_nobody_is_free_for_an_open_place_before_any_substitution(seed: int) -> None:
    record = a_record(seed)
    frozen, _ = read_frozen(record)
    gaps = explain(frozen, compute(frozen, read_reveal(record["reveal"])))
    reasons = {name for gap in gaps for place in gap.places for name, _ in place.counts}
    assert not reasons & {"released", "unable"}


def test_a_visit_with_fewer_than_two_officers_must_not_begin() -> None:
    """《行政处罚法》第四十二条: two officers at least; experts never count."""
    checked = 0
    for seed in range(30):
        frozen, outcome = computed(seed)
        for gap in explain(frozen, outcome):
            seats = [a for a in outcome.assignments if (a.token, a.department) == (gap.token, gap.department)]
            officers = sum(a.inspector is not None and "expert" not in a.tags for a in seats)
            assert gap.may_begin == (officers >= 2)
            assert ("不得开始检查" in gap.text()) == (not gap.may_begin)
            checked += not gap.may_begin
    assert checked > 10


def test_recusal_full_load_region_and_certificate_are_told_apart() -> None:
    frozen, outcome = computed(0)
    token = next(iter(outcome.places))
    everyone = tuple(Recusal(token, inspector.token) for inspector in frozen.roster)
    cases: dict[str, dict[str, object]] = {
        "recused": {"recusals": everyone},
        "full": {"roster": tuple(replace(i, regions=("*",), tags=("食品", "fire", "u"), cap=0) for i in frozen.roster)},
        "region": {"roster": tuple(replace(i, regions=("99",), tags=("食品", "fire", "u")) for i in frozen.roster)},
        "certificate": {"roster": tuple(replace(i, valid_to="2026-12-30") for i in frozen.roster)},
    }
    for reason, changes in cases.items():
        frozen, outcome = computed(0, **changes)
        gaps = [gap for gap in explain(frozen, outcome) if gap.token == token]
        assert gaps
        assert any(name == reason for gap in gaps for place in gap.places for name, _ in place.counts)


def test_a_shortage_is_told_in_words() -> None:
    text = shortage_text(Shortage("SCJG", 3, 12, 4))
    assert text.startswith("部门 SCJG：调整后仍缺 3 席")
    assert "12 席" in text
    assert "4 名" in text


@pytest.mark.parametrize("seed", range(12))
def test_an_object_is_told_whether_it_was_drawn_and_by_which_cut(seed: int) -> None:
    """Section 7: not drawn by a scope iff its ticket lies beyond the cut and no X line names it."""
    frozen, outcome = computed(seed)
    for token in frozen.records:
        found = verdicts(frozen, outcome, token)
        strata = [s for s, tokens in frozen.pool.items() if token in tokens]
        scopes = frozen.commitment.terms.scopes
        assert len(found) == sum(entry.stratum in strata for scope in scopes for entry in scope.strata)
        for verdict in found:
            line = f"D\t{verdict.scope}\t"
            drawn = any(
                text.startswith(line) and text.endswith(f"{verdict.stratum}\t{token.hex()}")
                for text in outcome.text.splitlines()
            )
            named = f"X\t{verdict.scope}\t{verdict.stratum}\t"
            substituted = any(
                text.startswith(named) and text.endswith(f"\t{token.hex()}") for text in outcome.text.splitlines()
            )
            assert (verdict.drawn, verdict.substituted) == (drawn, substituted)
            assert ("未抽中" in verdict.text()) == (not drawn)
    assert verdicts(frozen, outcome, bytes(32)) == ()
