"""The protocol's vectors decide doubts: every file is verified, or refused with the error it is due (D2, REL18)."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.draw.domain.allocation import allocate
from services.draw.domain.eligibility import by_rank
from services.draw.domain.errors import Refusal
from services.draw.domain.primitives import uniform_int
from services.draw.domain.verify import Verified, read_frozen, verify
from services.draw.domain.visits import visit_order

ROOT = Path(__file__).parents[5]
VECTORS = sorted((ROOT / "tests/vectors/draw").glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return record


@pytest.fixture(scope="module")
def tiny() -> Verified:
    return verify(load(ROOT / "tests/vectors/draw/v1_tiny.json"))


def test_all_vectors_of_the_protocol_are_here() -> None:
    assert len(VECTORS) == 18


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_a_vector_verifies_or_is_refused_with_the_error_due(path: Path) -> None:
    """D2: the vectors beside the protocol decide doubts."""
    record = load(path)
    due = record["expected"].get("error")
    if due is None:
        assert verify(record).outcome.result_hash.hex() == record["expected"]["result_hash"]
    else:
        with pytest.raises(Refusal) as refused:
            verify(record)
        assert refused.value.code == due


@pytest.mark.parametrize("member", ["commit_hash", "seed", "result_text", "result_hash"])
def test_a_vector_with_another_expectation_is_refused(member: str) -> None:
    record = load(ROOT / "tests/vectors/draw/v1_tiny.json")
    record["expected"][member] = "0" * 64
    with pytest.raises(Refusal) as refused:
        verify(record)
    assert (refused.value.code, refused.value.detail) == ("RESULT", member)


def test_a_proof_said_to_hold_that_does_not_is_refused() -> None:
    record = load(ROOT / "tests/vectors/draw/v1_tiny.json")
    record["expected"]["inclusion"][1]["valid"] = True
    with pytest.raises(Refusal, match="包含证明第 2 条"):
        verify(record)


@pytest.mark.parametrize("change", [{"value": "-1"}, {"m": "0"}, {"m": "x"}, {"m": "9" * 30}, {"label": "\ud800"}])
def test_an_integer_that_the_seed_does_not_give_is_refused(change: dict[str, str]) -> None:
    record = load(ROOT / "tests/vectors/draw/v1_tiny.json")
    record["expected"]["uniform_int"][0] |= change
    with pytest.raises(Refusal, match="整数"):
        verify(record)


def test_the_worked_example_has_the_seed_and_the_hashes_of_section_8(tiny: Verified) -> None:
    assert len(tiny.commitment.text.encode()) == 1782
    assert tiny.commitment.hash.hex() == "5c98cca772b1af237037e17b9d6a168092bd339ea43700fcecc01d639f9ee0e1"
    assert tiny.outcome.seed.hex() == "16e2db25e2d401b9b3106a00acbc2605535da1dd2aa19bff36076a7ef27f6486"
    assert tiny.outcome.result_hash.hex() == "2242923d73e97f7700611037d40274324a62e300d7f06d4056fe61c6f3ff2ba8"
    assert uniform_int(tiny.commitment.suite, tiny.outcome.seed, "alloc/A", 10**6) == 375174


def test_the_worked_example_draws_the_three_lowest_tickets_and_names_the_first_substitute(tiny: Verified) -> None:
    [drawing] = tiny.outcome.selection.drawings()
    sequence = [(t.ticket.hex()[:8], t.token.hex()[:8]) for t in drawing.sequence.first(4)]
    assert sequence == [
        ("2a6a8a0a", "5a729391"),
        ("2d67d078", "dd34bcbe"),
        ("309f55e7", "e58bdcd8"),
        ("4ce33151", "512d12a6"),
    ]
    assert drawing.cut is not None
    assert drawing.cut.hex().startswith("309f55e7")


def test_the_worked_example_orders_visits_and_ranks_inspectors_by_hash(tiny: Verified) -> None:
    frozen, _ = read_frozen(load(ROOT / "tests/vectors/draw/v1_tiny.json"))
    suite, seed = tiny.commitment.suite, tiny.outcome.seed
    visits = [token.hex()[:8] for token in visit_order(suite, seed, tiny.outcome.places)]
    ranks = [inspector.token.hex()[:8] for inspector in by_rank(suite, seed, frozen.roster)]
    assert visits == ["e58bdcd8", "5a729391", "dd34bcbe"]
    assert ranks == ["e8b66add", "aae8d56c", "e8014f24", "be0fa133", "ae61b7e1"]


def test_the_worked_example_counts_three_of_its_stratum(tiny: Verified) -> None:
    [scope] = tiny.commitment.terms.scopes
    assert allocate(tiny.commitment.suite, tiny.outcome.seed, scope, {"S1": 12}) == (3,)


def test_void_draws_of_the_task_are_reported_and_late_ones_named() -> None:
    notes = verify(load(ROOT / "tests/vectors/draw/p03_voids.json")).notes
    assert len(notes) == 5
    assert sum("结果可能已为人知" in note for note in notes) == 4


RUN = """
import json, sys
from services.draw.domain.verify import verify
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        print(verify(json.load(file)).outcome.result_hash.hex())
"""


def test_the_result_does_not_depend_on_hash_seed_or_locale() -> None:
    """REL18: recomputed from its public record on any machine, any locale, any Python hash seed."""
    paths = [str(path) for path in VECTORS if path.stem in ("p05_substitutes", "p08_mixed", "v3_joint")]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", RUN, *paths],
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed, "LC_ALL": locale},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hash_seed, locale in (("0", "C"), ("4711", "C.UTF-8"))
    }
    assert len(outputs) == 1
    assert len(outputs.pop().split()) == 3
