"""What was published reaches the province by HTTP, files and front tables; what it returns is corrected (P2–P5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx2

from demo.story.accounts import OFFICE, department_admin
from demo.story.stage import Stage

ROOT = "/api/exchange/v1"
TRANSPORTS = {"province.results": "接口推送", "necips.results": "格式文件", "supervision.check_actions": "前置库"}
"""One dataset of results for each transport."""
PEERS = ("province", "necips", "supervision", "credit_platform")
REJECTED_PPM = 100_000
OPEN = ("staged", "batched")
SECONDS = 60
NO_DEPARTMENT = "-"


async def province_rejects_a_share(stage: Stage) -> None:
    """From now on a tenth of first versions is returned, as receivers do."""
    with stage.step("exchange.province", "模拟省级平台：退回一成首次报送的数据"):
        await _ask(stage, "POST", "/faults", {"reject_ppm": REJECTED_PPM, "salt": "story"})


async def receipts_come_back(stage: Stage) -> None:
    """Every row is answered, whichever way it went."""
    with stage.step("exchange.receipts", "公示结果经接口、文件、前置库三种方式报送，回执返回"):

        async def answered() -> bool:
            left = [await _count(stage, state=state) for state in OPEN]
            return not any(left)

        await stage.until("全部报送数据的回执", answered, SECONDS)
        for dataset, way in TRANSPORTS.items():
            rows = await _rows(stage, "outbound-rows", dataset=dataset)
            reached = {row["row_key"].partition("/")[0] for row in rows if row["batch_id"]}
            held = {row["row_key"].partition("/")[0] for row in rows if row["state"] == "blocked"}
            lost = set(stage.facts["results"]) - reached - held
            stage.equal(lost, set(), f"既未送达（{way}）也不在待办清单上的结果")
        stage.note(f"{await _count(stage, state='accepted')} 条已接收")


async def rejected_rows_are_corrected(stage: Stage) -> None:
    """A returned row is on its owner's work list, with the reason; the corrected version passes."""
    with stage.step("exchange.corrected", "被退回的数据进入责任部门待办清单，更正后接收"):
        returned = await _rows(stage, "outbound-rows", state="rejected")
        stage.check(bool(returned), "模拟省级平台没有退回任何数据")
        for row in returned:
            owner = OFFICE if row["department"] == NO_DEPARTMENT else department_admin(row["department"])
            mine = await _rows(stage, "work-items", login=owner, dataset=row["dataset"])
            reasons = [item["problems"][0]["text"] for item in mine if item["row_id"] == row["row_id"]]
            stage.check(len(reasons) == 1 and "退回" in reasons[0], f"{owner} 的待办清单缺少 {row['row_id']}")
            body = {"values": {}, "note": "已与登记信息核对，重新报送"}
            new = await stage.act(owner, f"{ROOT}/outbound-rows/{row['row_id']}/corrections", body, status=201)
            stage.equal(new["version"], row["version"] + 1, "更正后的版本")

        async def accepted() -> bool:
            left = [await _count(stage, state=state) for state in (*OPEN, "rejected")]
            return not any(left)

        await stage.until("更正后的数据全部被接收", accepted, SECONDS)
        stage.note(f"{len(returned)} 条更正")


async def both_sides_count_the_same(stage: Stage) -> None:
    """The peer's own database against ours, row by row: key, version, digest's owner."""
    with stage.step("exchange.counts", "与省级平台自己的数据库逐条核对"):
        counts = await _ask(stage, "GET", "/counts")
        stage.equal(counts["conflicts"], 0, "同一版本内容不同的数据")
        total = 0
        for dataset in counts["datasets"]:
            theirs = {
                row["row_key"]: row["version"]
                for row in (await _ask(stage, "GET", f"/datasets/{dataset}/rows"))["rows"]
            }
            ours: dict[str, tuple[int, str]] = {}
            for row in await _rows(stage, "outbound-rows", dataset=dataset, state="accepted"):
                ours[row["row_key"]] = max(ours.get(row["row_key"], (0, "")), (row["version"], row["op"]))
            standing = {key: version for key, (version, op) in ours.items() if op != "D"}
            stage.equal(theirs, standing, f"{dataset} 双方的数据")
            total += len(standing)
        stage.check(set(TRANSPORTS) <= set(counts["datasets"]), f"省级平台缺少数据集：{sorted(counts['datasets'])}")
        stage.note(f"{len(counts['datasets'])} 个数据集，{total} 条一致")


async def the_day_balances(stage: Stage) -> None:
    """The day's reconciliation with every system finds nothing missing, different or duplicated."""
    with stage.step("exchange.reconciled", "与四个上级系统对账，双方相符"):
        rows = 0
        for peer in PEERS:
            done = await stage.act(OFFICE, f"{ROOT}/reconciliations", {"peer": peer}, status=201)
            stage.check(done["is_balanced"], f"{peer} 对账不符：{done['differences'][:3]}")
            for one in done["balances"]:
                stage.equal(one["here_digest"], one["there_digest"], f"{one['dataset']} {one['department']} 的摘要")
                rows += one["here"]
        stage.check(rows > 0, "对账没有任何数据")
        stage.note(f"{rows} 条")


async def _ask(stage: Stage, method: str, path: str, body: object = None) -> Any:
    async with httpx2.AsyncClient(base_url=stage.facts["province"], trust_env=False, timeout=30) as http:
        answer = await http.request(method, path, json=body)
    stage.check(answer.status_code == 200, f"模拟省级平台 {path} 答复 {answer.status_code}")
    return answer.json()


async def _count(stage: Stage, **query: Any) -> int:
    return len(await _rows(stage, "outbound-rows", **query))


async def _rows(stage: Stage, what: str, login: str = OFFICE, **query: Any) -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await stage.read(login, f"{ROOT}/{what}", page_size=200, **query, **cursor)
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}
