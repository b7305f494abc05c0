"""SEC10: of an export any single bit may be another, in a row, a place or a checkpoint; the verifier never says OK."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.runtime.audit_checkpoints import Signer
from shared.runtime.audit_files import as_json
from shared.runtime.audit_rows import AUDIT, EVENT, canonical, shown
from shared.runtime.audit_store import KeptCheckpoint, Tail, Times
from shared.runtime.audit_tree import Edge, chain_hash, leaf_hash
from shared.values.ids import new_id
from verifier.verify_audit import main

Json = dict[str, Any]
MUTATIONS = 1000


def an_audit(number: int) -> Json:
    row = {"id": new_id(), "district": "d", "actor": f"officer:{number}", "roles": ["inspector"], "action": "submit"}
    return shown(AUDIT, row | {"command": '{"result_id": "中文"}', "event_ids": [new_id()], "outcome": "done"})


def an_event(number: int) -> Json:
    row = {"event_id": new_id(), "district": "d", "type": "registry.change.recorded.v1", "payload": '{"row_count": 1}'}
    return shown(EVENT, row | {"producer_seq": number, "log_epoch": 1})


def a_trail(key: Ed25519PrivateKey) -> tuple[list[Json], list[KeptCheckpoint]]:
    """Ten acts with their events, a checkpoint after five and after ten."""
    edge, chain, signer = Edge(), b"", Signer("registry", "d", key)
    rows, places, checkpoints = [], [], list[KeptCheckpoint]()
    for number in range(1, 11):
        for row in (an_event(number), an_audit(number)):
            leaf = leaf_hash(canonical(row))
            chain = chain_hash(chain, leaf)
            edge.add(leaf)
            rows.append(row)
            place = {"seq": edge.size, "of": row["kind"], "row_id": row.get("id") or row["event_id"]}
            place |= {"log_seq": row.get("producer_seq"), "leaf": leaf.hex(), "chain": chain.hex()}
            places.append(shown("place", place))
        if number % 5 == 0:
            now = datetime.now(UTC)
            before = checkpoints[-1] if checkpoints else None
            checkpoints.append(signer.sign(Tail(edge, chain, number), before, Times(now, now)))
    lines = [{"kind": "trail", "format": "ssj-trail-1", "service": "registry"}, *places, *rows]
    lines += [{"kind": "checkpoint"} | as_json(one) for one in checkpoints]
    return [*lines, {"kind": "end", "lines": len(lines)}], checkpoints


@pytest.fixture
def court(tmp_path: Path) -> tuple[Path, list[Json]]:
    """A folder with the public key and the checkpoints as they were kept; the export."""
    key = Ed25519PrivateKey.generate()
    lines, checkpoints = a_trail(key)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "registry.pem").write_bytes(pem)
    (tmp_path / "kept.json").write_text(json.dumps([as_json(one) for one in checkpoints]), "utf-8")
    return tmp_path, lines


def verdict(folder: Path, export: bytes, capsys: pytest.CaptureFixture[str]) -> str:
    path = folder / "export.jsonl"
    path.write_bytes(export)
    code = main([str(path), "--keys", str(folder), "--checkpoints", str(folder / "kept.json")])
    said = capsys.readouterr().out
    assert (code == 0) == (said == "OK\n")
    return said


def written(lines: list[Json]) -> bytes:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def test_any_bit_of_an_export_may_flip_and_is_found(
    court: tuple[Path, list[Json]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, lines = court
    export, dice = written(lines), random.Random(20261124)
    assert verdict(folder, export, capsys) == "OK\n"
    missed = []
    for _ in range(MUTATIONS):
        at, bit = dice.randrange(len(export)), dice.randrange(8)
        mutated = bytearray(export)
        mutated[at] ^= 1 << bit
        if verdict(folder, bytes(mutated), capsys) == "OK\n":
            missed.append((at, bit, export[max(0, at - 20) : at + 20]))
    assert missed == []


def test_any_line_may_be_missing_or_exchanged_with_the_next_and_is_found(
    court: tuple[Path, list[Json]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The end is made to fit, as a forger would. The order of rows says nothing; that of places does."""
    folder, lines = court
    body = lines[1:-1]
    for at, line in enumerate(body):
        fewer = [lines[0], *body[:at], *body[at + 1 :], {"kind": "end", "lines": len(body)}]
        assert verdict(folder, written(fewer), capsys) != "OK\n", line
        if line["kind"] == "place" and body[at + 1]["kind"] == "place":
            other = [lines[0], *body[:at], body[at + 1], line, *body[at + 2 :], lines[-1]]
            assert verdict(folder, written(other), capsys) != "OK\n", line


def without_checkpoints_after(lines: list[Json], number: int) -> list[Json]:
    kept = [line for line in lines if line["kind"] != "checkpoint" or line["number"] <= number]
    return [*kept[:-1], {"kind": "end", "lines": len(kept) - 1}]


def with_a_row_of_later(lines: list[Json], by: timedelta) -> list[Json]:
    """An act that was done so much later and has no place yet."""
    row = an_audit(99)
    row["id"] = str(UUID(int=UUID(row["id"]).int + (int(by.total_seconds() * 1000) << 80)))
    return [*lines[:-1], row, {"kind": "end", "lines": len(lines)}]


def test_the_verifier_says_how_much_has_no_signature_yet(
    court: tuple[Path, list[Json]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, lines = court
    path = folder / "export.jsonl"
    path.write_bytes(written(without_checkpoints_after(lines, 1)))
    assert main([str(path), "--keys", str(folder)]) == 0
    assert "检查点 1 签于" in (said := capsys.readouterr().err)
    assert "其后 10 条（位置 11 起）还没有签名" in said
    path.write_bytes(written(lines))
    assert main([str(path), "--keys", str(folder)]) == 0
    assert "覆盖全部已封存的记录" in capsys.readouterr().err


def test_a_tail_rewritten_without_its_checkpoints_is_named_once_it_is_older_than_the_period(
    court: tuple[Path, list[Json]], capsys: pytest.CaptureFixture[str]
) -> None:
    """A ruler of the database deletes the later checkpoints, the kept ones end before, and re-hashes what follows: the
    signed period of the last one left says that another should have come."""
    folder, lines = court
    path = folder / "export.jsonl"
    cut = without_checkpoints_after(lines, 1)
    path.write_bytes(written(with_a_row_of_later(cut, timedelta(minutes=65))))
    assert main([str(path), "--keys", str(folder)]) == 0
    capsys.readouterr()
    path.write_bytes(written(with_a_row_of_later(cut, timedelta(minutes=75))))
    assert main([str(path), "--keys", str(folder)]) == 1
    assert "TAIL_UNSIGNED registry 位置 11 起 10 条" in capsys.readouterr().out
