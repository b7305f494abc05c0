"""An enterprise checks its own opening against a verified record (企业自查, section 7)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verifier import verify as v

Vector = Callable[[str], Any]
FIRST_NOT_DRAWN = "512d12a63d6e7086aa251fec1408a269f22f029497faf8bc755b5123b2ebc961"  # section 8
DRAWN = "e58bdcd8c7c8b3f2b358e8e949a80f705b269c83be2b8158f998ce5308a199bb"


def path_to(suite: v.Suite, leaves: list[bytes], index: int) -> list[str]:
    """RFC 6962 §2.1.1, recursively as written there."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    near, far, at = (leaves[:k], leaves[k:], index) if index < k else (leaves[k:], leaves[:k], index - k)
    return [*path_to(suite, near, at), root_of(suite, far).hex()]


def root_of(suite: v.Suite, leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return suite.h(b"\1" + root_of(suite, leaves[:k]) + root_of(suite, leaves[k:]))


def proof_of(suite: v.Suite, doc: Any, stratum: str, token: str) -> Any:
    tokens = doc["public"]["strata"][stratum]
    chunks = ["".join(tokens[k : k + 256]) for k in range(0, len(tokens), 256)]
    index = tokens.index(token) // 256
    path = path_to(suite, [suite.h(b"\0" + bytes.fromhex(c)) for c in chunks], index)
    return {"stratum": stratum, "token": token, "chunk_index": index, "chunk": chunks[index], "path": path}


def openings(doc: Any) -> dict[str, Any]:
    """Token → what the platform hands to that enterprise."""
    c, private = json.loads(doc["commitment"]), doc["private"]
    suite, out = v.SUITES[c["suite"]], {}
    for o in private["objects"]:
        first = o["line"].split("\t")[0]
        key = bytes.fromhex(private["blind_key"])
        nonce = suite.mac(key, "ssj1/nonce", "object", c["draw_id"], first)
        token = suite.t("ssj1/object", nonce, o["line"]).hex()
        proofs = [proof_of(suite, doc, s, token) for s in o["strata"]]
        out[token] = {"draw_id": c["draw_id"], "nonce": nonce.hex(), "record": o["line"], "inclusion": proofs}
    return out


def check(tmp_path: Path, doc: Any, own: Any) -> int:
    (tmp_path / "record.json").write_text(json.dumps(doc), encoding="utf-8")
    (tmp_path / "own.json").write_text(json.dumps(own), encoding="utf-8")
    return v.main([str(tmp_path / "record.json"), "--enterprise", str(tmp_path / "own.json")])


def test_an_enterprise_not_drawn_sees_its_ticket_beyond_the_cut(
    vector: Vector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """B4: the first loser of the worked example, ticket 4ce33151… beyond 309f55e7…."""
    doc = vector("v1_tiny")
    assert check(tmp_path, doc, openings(doc)[FIRST_NOT_DRAWN]) == 0
    out = capsys.readouterr().out
    assert out.startswith("OK record.json\nOK own.json\n")
    assert "包含证明成立的分层：S1" in out
    assert "12 个对象按号码从小到大抽 3 个，本企业号码 4ce33151" in out
    assert "界线 309f55e7" in out
    assert "号码比界线大 → 未抽中" in out
    assert "结论：本企业不在本次检查之列" in out


def test_an_enterprise_drawn_sees_its_batch_and_its_team(
    vector: Vector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """B4: slots 0 and 1 of the worked example go to ranks 0 and 1."""
    doc = vector("v1_tiny")
    assert check(tmp_path, doc, openings(doc)[DRAWN]) == 0
    out = capsys.readouterr().out
    assert "→ 抽中，第 1 批" in out
    assert "部门 SCJG 检查组：e8b66add" in out
    assert "、aae8d56c" in out


@pytest.mark.parametrize("name", ["v2_ratio_classes", "v3_joint", "p04_allocation", "p05_substitutes", "p08_mixed"])
def test_what_every_enterprise_is_told_agrees_with_the_published_lines(
    name: str, vector: Vector, tmp_path: Path
) -> None:
    """M3: ascending and descending scopes, empty allocations, dropped and substituted objects, several strata."""
    doc = vector(name)
    (tmp_path / "record.json").write_text(json.dumps(doc), encoding="utf-8")
    verification = v.Verification(v.load_record(tmp_path / "record.json"))
    verification.run()
    rows = [line.split("\t") for line in doc["expected"]["result_text"].splitlines()]
    for token, own in openings(doc).items():
        if not own["inclusion"]:
            continue
        told = v.own_lines(verification.facts, verification.text, own)
        drawn = sum(r[0] == "D" and r[4] == token for r in rows)
        assert sum("→ 抽中" in line for line in told) == drawn
        assert sum("后作为替补" in line for line in told) == sum(r[0] == "X" and r[4] == token for r in rows)
        assert sum("后被移出" in line for line in told) == sum(r[0] == "X" and r[3] == token for r in rows)
        visited = any(r[0] == "M" and r[1] == token for r in rows)
        assert ("结论：本企业在本次检查之列" in told) is visited


@pytest.mark.parametrize(
    ("code", "edit"),
    [
        ("ENTERPRISE_PROOF", {"nonce": "0" * 64}),
        ("ENTERPRISE_PROOF", {"record": "X\tY\t410308\t\t"}),
        ("ENTERPRISE_TOKEN", {"record": "X\tY"}),
        ("ENTERPRISE_TOKEN", {"record": "X\tY\t\ud800\t\t"}),
        ("ENTERPRISE_DRAW", {"draw_id": "other"}),
        ("ENTERPRISE_FORM", {"inclusion": []}),
        ("ENTERPRISE_FORM", {"inclusion": [None]}),
        ("ENTERPRISE_FORM", {"nonce": None}),
        ("ENTERPRISE_FORM", {"more": 1}),
        ("ENTERPRISE_PROOF", {"inclusion": [{}]}),
    ],
)
def test_an_opening_that_does_not_hold_is_refused_by_name(
    code: str, edit: Any, vector: Vector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doc = vector("v1_tiny")
    assert check(tmp_path, doc, openings(doc)[DRAWN] | edit) == 1
    assert capsys.readouterr().out == f"OK record.json\n{code} own.json\n"


def test_a_proof_of_another_chunk_is_refused(
    vector: Vector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """M3: three chunks, so the path matters."""
    doc = vector("v2_ratio_classes")
    own = next(o for o in openings(doc).values() if o["inclusion"] and o["inclusion"][0]["path"])
    assert check(tmp_path, doc, own) == 0
    own["inclusion"][0]["path"][0] = "0" * 64
    assert check(tmp_path, doc, own) == 1
    assert "ENTERPRISE_PROOF own.json" in capsys.readouterr().out


def test_nothing_is_told_on_the_strength_of_a_record_that_fails(
    vector: Vector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doc = vector("v1_tiny")
    own = openings(doc)[DRAWN]
    doc["expected"]["result_hash"] = "0" * 64
    assert check(tmp_path, doc, own) == 1
    assert capsys.readouterr().out == "RESULT record.json\n"
