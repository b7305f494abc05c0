"""The ceremony: freeze, commit, two parties' shares, a beacon, the draw, disclosure, verification (D1, D2)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from demo.story.accounts import INITIATOR, OFFICE, WITNESSES, department_admin
from demo.story.ceremony import (
    BEACON_SECONDS,
    REVEAL_SECONDS,
    ROOT,
    beacon_body,
    commit_of,
    pool_body,
    reveal_beacon,
    share_of,
    task_heard,
)
from demo.story.stage import Stage


async def freeze_and_commit(stage: Stage) -> None:
    """The initiator freezes; the parties hand over commits they computed themselves; the office commits."""
    with stage.step("draw.pool", "冻结名册，见证方交来份额承诺，公布承诺书"):
        admin = department_admin(INITIATOR)
        task_id = stage.facts["task"]["task_id"]
        http = await stage.sign_in(admin)
        await task_heard(stage, admin, task_id)
        draw = await stage.act(admin, f"{ROOT}/pools", pool_body(task_id), status=201)
        draw_id = stage.facts["draw_id"] = draw["draw_id"]
        pool = await stage.read(admin, f"{ROOT}/pools/{draw_id}")
        stage.facts["shares"] = {party: share_of(stage, party) for party in WITNESSES}
        for party, share in stage.facts["shares"].items():
            body = {"party": party, "commit": commit_of(draw_id, party, share)}
            await stage.act(f"witness.{party}", f"{ROOT}/draws/{draw_id}/party-commits", body)
        same = await http.post(f"{ROOT}/draws/{draw_id}/commitment", headers=stage.key())
        stage.check(not same.is_success, "冻结名册的人不得自行公布承诺书")
        committed = await stage.act(OFFICE, f"{ROOT}/draws/{draw_id}/commitment")
        stage.equal(committed["stage"], "COMMITTED", "抽取的阶段")
        stage.note(f"{sum(stratum['size'] for stratum in pool['strata'])} 个对象")


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
        early = await (await stage.sign_in(OFFICE)).post(f"{path}/beacon", json=beacon_body(stage), headers=stage.key())
        stage.check(not early.is_success, "公共随机源产生之前不得揭示")
        await asyncio.sleep(REVEAL_SECONDS + BEACON_SECONDS)
        revealed = await stage.until("揭示公共随机源", lambda: reveal_beacon(stage, path))
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
