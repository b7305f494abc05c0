"""What the door refuses stands in the audit trail, in few rows however often it is refused (SEC12)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg

from deploy.embedded.platform import EmbeddedPlatform
from tests.support.door import SECRET, administrator, at_the_door, register_a_client, sign_in_system

_ROWS = """
    SELECT a.actor, a.roles, a.outcome, a.request_id, a.command, p.seq FROM audits AS a
    LEFT JOIN audit_places AS p ON p.row_id = a.id
    WHERE a.action = 'refused_at_the_door' ORDER BY a.id
"""


async def _rows(door: EmbeddedPlatform) -> list[Any]:
    connection = await asyncpg.connect(door.admin_dsn.rpartition("/")[0] + "/ssj_gateway")
    try:
        return list(await connection.fetch(_ROWS))
    finally:
        await connection.close()


def rows_until(door: EmbeddedPlatform, wanted: set[tuple[str, str]], seconds: float = 15) -> list[Any]:
    """The rows once those of `wanted` (actor, outcome) are there and have their place in the chain."""
    until = time.monotonic() + seconds
    while True:
        rows = asyncio.run(_rows(door))
        if wanted <= {(row["actor"], row["outcome"]) for row in rows if row["seq"]} or time.monotonic() > until:
            return rows
        time.sleep(0.3)


def test_refusals_at_the_door_are_chained_audit_rows_and_a_flood_is_two(door: EmbeddedPlatform, office: str) -> None:
    register_a_client(door, "curious", "registry.read")
    token = sign_in_system(door, "curious", SECRET).json()["access_token"]
    with at_the_door(door, office) as http:
        asked = [http.get("/api/gateway/v1/clients", headers={"X-Request-Id": f"flood-{n}"}) for n in range(40)]
    with at_the_door(door, token) as http:
        scope = http.get("/api/credit/v1/listings")
    with at_the_door(door) as http:
        nobody = http.get("/api/registry/v1/inspectors")
    assert {answer.status_code for answer in asked} == {403}
    assert (scope.status_code, nobody.status_code) == (403, 401)
    wanted = {
        ("officer:lxb.office", "gateway.role_not_allowed"),
        ("client:curious", "gateway.scope_not_allowed"),
        ("anonymous", "gateway.sign_in_needed"),
    }
    rows = rows_until(door, wanted)
    assert wanted <= {(row["actor"], row["outcome"]) for row in rows if row["seq"]}
    flood = [row for row in rows if row["actor"] == "officer:lxb.office" and '"/v1/clients"' in row["command"]]
    assert 1 <= len(flood) <= 2
    assert flood[0]["request_id"] == "flood-0"
    assert flood[0]["roles"] == ["joint_office"]


def test_a_refusal_tells_the_route_and_nothing_of_what_was_asked(door: EmbeddedPlatform) -> None:
    with at_the_door(door) as http:
        http.get("/api/registry/v1/entities/91410300MA40000000?name=secret-name")
    rows = rows_until(door, {("anonymous", "gateway.sign_in_needed")})
    with administrator(door) as http:
        assert http.get("/api/gateway/v1/accounts").status_code == 200
    text = "".join(row["command"] for row in rows)
    assert "secret-name" not in text
    assert "91410300MA40000000" not in text
