"""The dossier of duty done (G2): what the trail knows of one object, signed, and held by a stranger to its proofs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from deploy.embedded.provision_postgres import database_name, dsn_of
from shared.runtime.principal import AUDITOR, Principal
from tests.builders.people import the_joint_office
from tests.integration.runtime.test_audit_chain import a_sealer, numbering_of
from tests.support.served import Served
from verifier.verify_audit import main

BODY = {"code": "SCJG", "name": "孟津区市场监督管理局", "short_name": "区市场监管局"}


async def a_dossier(registry: Served, who: Principal, subject_id: str) -> httpx2.Response:
    async with registry.client(who) as client:
        return await client.get(f"/v1/dossiers/{subject_id}")


@pytest.fixture
async def registry(served: Callable[..., Awaitable[Served]]) -> Served:
    return await served("registry")


async def test_a_dossier_holds_act_and_event_with_proofs_and_every_change_of_it_is_named(
    registry: Served, district: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with numbering_of(registry), registry.client(the_joint_office(district)) as client:
        await client.post("/v1/departments", json=BODY)
    admin = await asyncpg.connect(dsn_of(registry.platform.admin_dsn, database_name("registry")))
    sealer = a_sealer(registry, tmp_path)
    await sealer.begin(admin)
    await sealer.sign(admin)
    subject_id = await admin.fetchval("SELECT aggregate_id FROM outboxes WHERE district = $1", district)
    await admin.close()
    auditor = Principal(subject="officer:auditor", district=district, roles=frozenset({AUDITOR}))
    answer = await a_dossier(registry, auditor, subject_id)
    refused = await a_dossier(registry, the_joint_office(district), subject_id)
    said = json.loads(answer.json()["body"])
    rows = {line["row"].get("action") or line["row"]["type"]: line["proof"] for line in said["rows"]}
    taking = rows.pop("GET /v1/dossiers/{subject_id}")
    assert set(rows) == {"register_department", "registry.change.recorded.v1"}
    assert all(rows.values())
    assert taking is None, "who takes a dossier stands in it himself, not sealed yet"
    assert any("其他服务" in text for text in said["missing"])
    assert (refused.status_code, refused.json()["code"]) == (403, "request.role_missing")
    path, keys = tmp_path / "dossier.json", str(registry.platform.data.public_keys)

    def verdict(whole: dict[str, Any]) -> set[str]:
        path.write_text(json.dumps(whole), "utf-8")
        capfd.readouterr()
        main(["--keys", keys, "--dossier", str(path)])
        return {line.split()[0] for line in capfd.readouterr().out.splitlines()}

    assert verdict(answer.json()) == {"OK"}
    edited = json.loads(answer.json()["body"])
    edited["rows"][0]["row"]["district"] = "another"
    assert verdict(answer.json() | {"body": json.dumps(edited)}) == {"DOSSIER_FORGED", "ROW_UNPROVEN"}
