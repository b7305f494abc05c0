"""Log documents and the commitment: what is read, what is refused, and in which order (D2, sections 4 and 6)."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from services.draw.domain.commitment import Terms
from services.draw.domain.commitment_rules import check_terms
from services.draw.domain.document_text import document_text
from services.draw.domain.documents import Void, parse_commitment, parse_document
from services.draw.domain.errors import FieldRefused, Refusal, SpecRefused
from tests.builders.draw_ceremony import a_record

TINY = json.loads((Path(__file__).parents[5] / "tests/vectors/draw/v1_tiny.json").read_text("utf-8"))
LINE_TOO_LONG = "长" * 2001
HEX = "0" * 64


def changed(path: str, value: Any) -> str:
    """The tiny commitment with one member set (dots lead down), or removed if the value is `...`."""
    members = copy.deepcopy(json.loads(TINY["commitment"]))
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    place = members
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(members, ensure_ascii=False)


def refusal_of(text: str) -> str | None:
    try:
        commitment = parse_commitment(text)
        check_terms(commitment.terms, commitment.head.published_at)
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("seed", range(6))
def test_every_document_written_is_read_back_equal(seed: int) -> None:
    log = a_record(seed)["log"]
    assert isinstance(log, list)
    for text in log:
        document = parse_document(text)
        assert parse_document(document_text(document)) == document
        assert document_text(document) == text


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("note", "不影响", None),
        ("note", ..., None),
        ("columns", ["object_id", "region"], None),
        ("scopes.0.departments.0.team", [{}, {"role": "member"}, {"role": "expert"}], None),
        ("spec", "ssj-draw/2", "SPEC"),
        ("spec", ..., "SPEC"),
        ("kind", "result", "SPEC"),
        ("kind", 1, "SPEC"),
        ("suite", "MD5", "SPEC"),
        ("suite", ["SM3"], "SPEC"),
        ("extra", 1, "FIELD"),
        ("commit_hash", HEX, "FIELD"),
        ("draw_id", "a b", "FIELD"),
        ("draw_id", "", "FIELD"),
        ("draw_id", "长" * 65, "FIELD"),
        ("draw_id", "a/b", "FIELD"),
        ("log_seq", 0, "FIELD"),
        ("log_seq", True, "FIELD"),
        ("log_seq", "1", "FIELD"),
        ("log_prev", HEX[1:], "FIELD"),
        ("log_prev", "A" * 64, "FIELD"),
        ("published_at", "2026-03-01T24:00:00+08:00", "FIELD"),
        ("published_at", "2026-03-01T09:00:00Z", "FIELD"),
        ("published_at", "2026-13-01T09:00:00+08:00", "FIELD"),
        ("task_id", None, "FIELD"),
        ("replaces", None, "FIELD"),
        ("note", "a\tb", "FIELD"),
        ("note", LINE_TOO_LONG, "FIELD"),
        ("columns", ["object_id"], "FIELD"),
        ("columns", ["region", "object_id"], "FIELD"),
        ("columns", ["object_id", "name"], "FIELD"),
        ("strata", [], "FIELD"),
        ("strata.0.size", 2**32, "FIELD"),
        ("strata.0.extra", 1, "FIELD"),
        ("scopes.0.batches", 0, "FIELD"),
        ("scopes.0.batches", 100_001, "FIELD"),
        ("scopes.0.order", "up", "FIELD"),
        ("scopes.0.total", 3, "FIELD"),
        ("scopes.0.strata.0.mode", "some", "FIELD"),
        ("scopes.0.strata.0.mode", "all", "FIELD"),
        ("scopes.0.strata.0.ppm", 1, "FIELD"),
        ("scopes.0.strata.0.weight", 1, "FIELD"),
        ("scopes.0.departments.0.team", [], "FIELD"),
        ("scopes.0.departments.0.team.0.role", "boss", "FIELD"),
        ("scopes.0.departments.0.team.0.tags", [""], "FIELD"),
        ("match.balance", "never", "FIELD"),
        ("match.extra", 1, "FIELD"),
        ("window_end", "2026-1-1", "FIELD"),
        ("window_end", "2026-02-31", None),
        ("no_beacon_profile", False, "FIELD"),
        ("beacons.0.pattern", "(", "FIELD"),
        ("beacons.0.ref", 1, "FIELD"),
        ("columns", ["object_id", "region", "region"], "DUPLICATE_ID"),
        ("parties.1.id", "P0-scjg", "DUPLICATE_ID"),
        ("scopes.0.strata.0.stratum", "S9", "REFERENCE"),
        ("scopes.0.departments.0.team", [{}], "TEAM"),
        ("scopes.0.departments.0.team", [{}, {"role": "expert"}], "TEAM"),
        ("scopes.0.departments.0.team", [{}, {"role": "expert"}, {}], "TEAM"),
        ("scopes.0.departments.0.team.0.tags", ["expert"], "TEAM"),
        ("scopes.0.strata.0", {"stratum": "S1", "mode": "all", "min": 3, "max": 2}, "ALLOC"),
        ("min_shares", 1, "CEREMONY"),
        ("min_shares", 4, "CEREMONY"),
        ("no_beacon_profile", True, "CEREMONY"),
        ("beacons", [], "CEREMONY"),
        ("reveal_deadline", "2026-03-01T09:00:00+08:00", "CEREMONY"),
        ("beacons.0.not_before", "2026-03-02T18:00:00+08:00", "CEREMONY"),
    ],
)
def test_a_commitment_is_refused_by_the_first_row_that_applies(path: str, value: Any, code: str | None) -> None:
    assert refusal_of(changed(path, value)) == code


@pytest.mark.parametrize(
    ("total", "weights", "code"),
    [(12, (1,), None), (13, (1,), "ALLOC"), (0, (1000,), None), (4, (3,), None), (12, (3,), None)],
)
def test_a_total_may_not_ask_a_stratum_for_more_than_it_has(total: int, weights: tuple[int, ...], code: str) -> None:
    text = json.loads(changed("scopes.0.total", total))
    text["scopes"][0]["strata"] = [{"stratum": "S1", "weight": weight} for weight in weights]
    assert refusal_of(json.dumps(text)) == code


def test_a_weighted_pool_past_the_largest_bound_of_a_uniform_integer_is_refused() -> None:
    members = json.loads(changed("scopes.0.total", 0))
    names = [f"T{n}" for n in range(3000)]
    members["strata"] = [{"id": name, "size": 2**32 - 1, "root": HEX} for name in names]
    members["scopes"][0]["strata"] = [{"stratum": name, "weight": 10**6} for name in names]
    assert refusal_of(json.dumps(members)) == "ALLOC"


def test_an_earlier_row_wins_over_a_later_one() -> None:
    members = json.loads(changed("min_shares", 1))
    members["scopes"][0]["departments"][0]["team"] = [{}]
    assert refusal_of(json.dumps(members)) == "TEAM"
    members["scopes"][0]["strata"][0]["stratum"] = "S9"
    assert refusal_of(json.dumps(members)) == "REFERENCE"
    members["extra"] = 1
    assert refusal_of(json.dumps(members)) == "FIELD"


def test_only_the_kind_expected_is_read() -> None:
    with pytest.raises(SpecRefused):
        parse_document(TINY["log"][1], "commitment")
    assert isinstance(parse_document(TINY["commitment"]).body, Terms)


def test_late_is_true_or_absent() -> None:
    members = json.loads(TINY["log"][1])
    del members["shares"]
    members |= {"kind": "void", "reason": "任务取消"}
    assert parse_document(json.dumps(members)).body == Void("任务取消", late=False)
    assert parse_document(json.dumps({**members, "late": True})).body == Void("任务取消", late=True)
    with pytest.raises(FieldRefused):
        parse_document(json.dumps({**members, "late": False}))
