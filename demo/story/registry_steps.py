"""Departments, towns, both libraries: in by bulk import, bad rows reported one by one (L1, L3, L5)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from demo.story.accounts import OFFICE
from demo.story.stage import Stage

CSV = "text/csv"
_FINAL = {"succeeded", "failed", "cancelled"}


async def register_departments(stage: Stage) -> None:
    with stage.step("registry.departments", "登记 22 个部门，载入区划代码"):
        for department in stage.district.departments:
            body = {
                "code": department.code,
                "name": department.name,
                "short_name": department.short_name,
                "uscc": department.uscc,
            }
            await stage.act(OFFICE, "/api/registry/v1/departments", body, status=201)
        towns = [{"code": town.code, "name": town.name} for town in stage.district.towns]
        terms = [{"code": "410308", "name": "孟津区", "since": "2021-03-18"}, *towns]
        await stage.act(OFFICE, "/api/registry/v1/region-terms", {"terms": terms}, status=201)
        listed = await stage.read(OFFICE, "/api/registry/v1/departments", page_size=200)
        stage.equal(len(listed["items"]), stage.expect.departments, "登记的部门数")


async def import_libraries(stage: Stage) -> None:
    """Both libraries and the experts; every good row is in."""
    with stage.step("registry.entities", "批量导入检查对象名录库"):
        job = await import_file(stage, "entities", stage.files / "entities.csv")
        rows = len(stage.district.entities)
        stage.equal(job["counts"]["total"], rows, "文件行数")
        stage.equal(job["counts"]["wrong"], stage.expect.entity_rows_refused, "未导入的行数")
        stage.equal(job["counts"]["new"], rows - stage.expect.entity_rows_refused, "新增的检查对象")
        stage.note(f"{job['counts']['new']} 个检查对象")
    with stage.step("registry.inspectors", "批量导入执法检查人员名录库、专家库"):
        job = await import_file(stage, "inspectors", stage.files / "inspectors.csv")
        stage.equal(job["counts"]["new"], len(stage.district.inspectors), "新增的执法检查人员")
        experts = await import_file(stage, "experts", stage.files / "experts.csv")
        stage.equal(experts["counts"]["new"], len(stage.district.experts), "新增的专家")
        stage.note(f"{job['counts']['new']} 名执法人员、{experts['counts']['new']} 名专家")


async def import_bad_rows(stage: Stage) -> None:
    """L5: a file with errors loses nothing; each bad row is named with its line, field and reason."""
    with stage.step("registry.bad_rows", "导入含错误的文件：好行导入，坏行逐行说明"):
        job = await import_file(stage, "entities", stage.files / "entities_bad_rows.csv")
        counts = job["counts"]
        parts = sum(counts[name] for name in ("new", "changed", "unchanged", "duplicate", "wrong"))
        stage.equal(counts["total"], parts, "各类行数之和")
        found = await stage.read(OFFICE, f"/api/registry/v1/import-jobs/{job['id']}/rows", page_size=200)
        wrong = {row["line"] for row in found["items"] if row["outcome"] == "wrong"}
        stage.equal(counts["wrong"], stage.expect.bad_rows_refused, "错误的行数")
        stage.equal(len(wrong), counts["wrong"], "逐行说明的行数")
        stage.check(all(row["message"] and row["code"] for row in found["items"]), "每一行都应有代码和中文说明")
        report = await stage.read(OFFICE, f"/api/registry/v1/import-jobs/{job['id']}/report.csv")
        stage.check(isinstance(report, bytes) and report.startswith(b"\xef\xbb\xbf"), "报告应为带 BOM 的 CSV")
        stage.note(f"{counts['total']} 行：导入 {counts['new']}，重复 {counts['duplicate']}，错误 {counts['wrong']}")


async def import_file(stage: Stage, kind: str, path: Path) -> Any:
    """Uploads, starts the job, waits for its end; returns the finished job."""
    stored = await stage.upload(OFFICE, "/api/registry/v1/import-files", path, CSV)
    body = {"file_digest": stored["digest"], "file_name": path.name, "kind": kind}
    job = await stage.act(OFFICE, "/api/registry/v1/import-jobs", body, status=202)
    for _ in range(1200):
        job = await stage.read(OFFICE, f"/api/registry/v1/import-jobs/{job['id']}")
        if job["state"] in _FINAL:
            break
        await asyncio.sleep(0.1)
    stage.equal(job["state"], "succeeded", f"导入 {path.name}（{job['failure_message']}）")
    return job
