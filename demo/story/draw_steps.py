"""The ceremony: freeze, commit, two parties' shares, a beacon, the draw, disclosure, verification (D1, D2)."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from demo.story.accounts import INITIATOR, OFFICE, WITNESSES, department_admin
from demo.story.stage import Stage
from verifier.verify import SUITES

ROOT = "/api/draw/v1"
SUITE = "SHA-256"
BEACON = "演示随机源"
REVEAL_SECONDS, BEACON_SECONDS = 3, 1


async def freeze_and_commit(stage: Stage) -> None:
    """The initiator freezes; the parties hand over commits they computed themselves; the office commits."""
    with stage.step("draw.pool", "冻结名册，见证方交来份额承诺，公布承诺书"):
        admin = department_admin(INITIATOR)
        task_id = stage.facts["task"]["task_id"]
        http = await stage.sign_in(admin)

        async def task_heard() -> bool:
            found = await stage.read(admin, f"{ROOT}/tasks")
            return any(task["task_id"] == task_id for task in found["items"])

        await stage.until("抽取服务收到任务", task_heard)
        draw = await stage.act(admin, f"{ROOT}/pools", _pool(task_id), status=201)
        draw_id = stage.facts["draw_id"] = draw["draw_id"]
        pool = await stage.read(admin, f"{ROOT}/pools/{draw_id}")
        stage.facts["shares"] = {party: _share(stage, party) for party in WITNESSES}
        for party, share in stage.facts["shares"].items():
            body = {"party": party, "commit": _commit(draw_id, party, share)}
            await stage.act(f"witness.{party}", f"{ROOT}/draws/{draw_id}/party-commits", body)
        same = await http.post(f"{ROOT}/draws/{draw_id}/commitment", headers=stage.key())
        stage.check(not same.is_success, "冻结名册的人不得自行公布承诺书")
        committed = await stage.act(OFFICE, f"{ROOT}/draws/{draw_id}/commitment")
        stage.equal(committed["stage"], "COMMITTED", "抽取的阶段")
        stage.note(f"{sum(stratum['size'] for stratum in pool['strata'])} 个对象")


def _pool(task_id: str) -> dict[str, Any]:
    return {
        "task_id": task_id,
        "parties": [{"id": key, "name": name, "is_outside": True} for key, name in WITNESSES.items()],
        "min_shares": 2,
        "reveal_seconds": REVEAL_SECONDS,
        "beacons": [
            {
                "id": BEACON,
                "ref": "演示用公共随机源（不是真实开奖），第1期",
                "pattern": "[0-9]{20}",
                "after_seconds": BEACON_SECONDS,
            }
        ],
        "suite": SUITE,
    }


def _share(stage: Stage, party: str) -> bytes:
    """A party's secret; a real one takes it from its own dice. The demo's come from the seed, so seeds differ."""
    return hashlib.sha256(f"{stage.district.seed}/{party}".encode()).digest()


def _commit(draw_id: str, party: str, share: bytes) -> str:
    """Computed with the public verifier, as a party would."""
    commit: bytes = SUITES[SUITE].t("ssj1/share", draw_id, party, share)
    return commit.hex()


async def reveal_and_draw(stage: Stage) -> None:
    draw_id = stage.facts["draw_id"]
    path = f"{ROOT}/draws/{draw_id}"
    with stage.step("draw.reveal", "见证方揭示份额，封存，揭示公共随机源"):
        first = next(iter(stage.facts["shares"]))
        http = await stage.sign_in(f"witness.{first}")
        forged = await http.post(f"{path}/shares", json={"party": first, "value": "0" * 64}, headers=stage.key())
        stage.check(not forged.is_success, "不符合承诺的份额不得接受")
        for party, share in stage.facts["shares"].items():
            await stage.act(f"witness.{party}", f"{path}/shares", {"party": party, "value": share.hex()})
        await stage.act(OFFICE, f"{path}/share-closure")
        early = await (await stage.sign_in(OFFICE)).post(f"{path}/beacon", json=_beacon(stage), headers=stage.key())
        stage.check(not early.is_success, "公共随机源产生之前不得揭示")
        await asyncio.sleep(REVEAL_SECONDS + BEACON_SECONDS)
        revealed = await stage.until("揭示公共随机源", lambda: _revealed(stage, path))
        stage.equal(revealed["stage"], "REVEALED", "抽取的阶段")
    with stage.step("draw.result", "计算：抽取检查对象，随机匹配检查组"):
        result = await stage.act(OFFICE, f"{path}/result")
        stage.equal(result["stage"], "PUBLISHED", "抽取的阶段")
        await stage.act(OFFICE, f"{path}/disclosure", {"with_inspectors": True})
        record = await stage.read(OFFICE, f"{path}/record")
        lines = record["expected"]["result_text"].splitlines()
        open_slots = sum(1 for line in lines if line.startswith("M\t") and line.endswith("\t-"))
        stage.equal(open_slots, stage.expect.open_slots, "没有匹配到人员的位置")
        stage.facts["record"] = record
        stage.facts["drawn"] = [line.split("\t")[4] for line in lines if line.startswith("D\t")]
        stage.note(f"抽中 {len(stage.facts['drawn'])} 个对象")


async def _revealed(stage: Stage, path: str) -> Any:
    http = await stage.sign_in(OFFICE)
    answer = await http.post(f"{path}/beacon", json=_beacon(stage), headers=stage.key())
    return answer.json() if answer.is_success else None


def _beacon(stage: Stage) -> dict[str, Any]:
    digits = int.from_bytes(hashlib.sha256(f"beacon/{stage.district.seed}".encode()).digest(), "big")
    value = {"id": BEACON, "value": f"{digits % 10**20:020d}", "provenance": "演示数据，由种子产生"}
    return {"values": [value]}


async def verify(stage: Stage) -> None:
    """Any citizen: the public record, the stand-alone verifier, nothing else."""
    with stage.step("draw.verified", "用独立核验程序核验抽取的公开记录"):
        record: Path = stage.files / "draw-record.json"
        fresh = await stage.read(OFFICE, f"{ROOT}/draws/{stage.facts['draw_id']}/record")
        record.write_bytes(orjson.dumps(fresh))
        verified = subprocess.run(
            [sys.executable, "-m", "cli.main", "verify-draw", str(record)], capture_output=True, text=True, check=False
        )
        stage.equal(verified.returncode, 0, f"核验程序的结论（{verified.stdout.strip()} {verified.stderr.strip()}）")
        altered = stage.files / "draw-altered.json"
        altered.write_bytes(orjson.dumps(_altered(fresh)))
        refused = subprocess.run(
            [sys.executable, "-m", "cli.main", "verify-draw", str(altered)], capture_output=True, text=True, check=False
        )
        stage.check(refused.returncode != 0, "改动一处的记录仍被判为有效")
        stage.note(verified.stdout.strip())


def _altered(record: dict[str, Any]) -> dict[str, Any]:
    """The same record with one digit of one pool token changed."""
    changed: dict[str, Any] = orjson.loads(orjson.dumps(record))
    tokens = next(rows for rows in changed["public"]["strata"].values() if rows)
    tokens[0] = tokens[0][:-1] + ("0" if tokens[0][-1] != "0" else "1")
    return changed
