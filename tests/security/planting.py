"""Telephone numbers planted in every way they come in, and everything read by everybody who may read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson

from services.registry.domain.import_fields import IMPORT_FIELDS
from services.registry.domain.import_rows import ImportKind
from shared.runtime.principal import Principal
from tests.builders.people import an_auditor, the_joint_office, the_service
from tests.builders.registry import ENTITY_HEADER, INSPECTOR_HEADER, District, a_file, entity_line, inspector_line
from tests.contract.examples import Operation, operations
from tests.security.knocking import filled, queries
from tests.security.scenes import OWNER, STRANGER, anyone
from tests.support.served import Served

EXPERT_HEADER = ",".join(field.header for field in IMPORT_FIELDS[ImportKind.EXPERTS])
NAME = "金丝雀食品有限公司"
"""No secret: that it is found shows that the search finds."""
KEYS = ("entity_id", "inspector_id", "library_id", "change_set_id")


@dataclass
class Planted:
    """Where the canaries went in, and all that was answered meanwhile and afterwards."""

    district: District
    canaries: list[str] = field(default_factory=list)
    answers: list[tuple[str, bytes]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)
    logs: list[Any] = field(default_factory=list)

    def canary(self) -> str:
        """A number of eleven digits that stands nowhere else."""
        own = int(self.district.name[-8:], 16) % 10**6
        self.canaries.append(f"139{len(self.canaries) + 1:02d}{own:06d}")
        return self.canaries[-1]

    def keep(self, what: object, answer: httpx2.Response) -> Any:
        self.answers.append((f"{what} {answer.status_code}", answer.content))
        return orjson.loads(answer.content) if answer.headers.get("content-type") == "application/json" else None

    @property
    def pattern(self) -> str:
        """Any canary, as text or as the hexadecimal of its bytes (a `bytea` that holds it unsealed)."""
        return "|".join(shape for one in self.canaries for shape in (one, one.encode().hex()))

    def found_in(self, content: bytes) -> list[str]:
        return sorted(set(re.findall(self.pattern, content.decode("utf-8", "replace"))))


async def plant_by_file(planted: Planted) -> None:
    """In rows taken, in rows refused for the number or for something else, as a default, in a file without header."""
    owner, office = anyone(OWNER, planted.district.name), planted.district.office
    entities = [
        entity_line(1, name=NAME, legal_rep_phone=planted.canary()),
        entity_line(2, registered_on="昨天", legal_rep_phone=planted.canary()),
        entity_line(3, legal_rep_phone=f"{planted.canary()}转八"),
    ]
    inspectors = [
        inspector_line(1, phone=planted.canary()),
        inspector_line(2, certificate_no="", phone=planted.canary()),
        inspector_line(3, phone=f"电话{planted.canary()}"),
    ]
    expert = f"ZJ001,李示例,个人,研究院,食品检验,高级工程师,,2028-12-31,{planted.canary()},在岗"
    files: list[tuple[bytes, str, Principal]] = [
        (a_file(ENTITY_HEADER, *entities), "entities", owner),
        (a_file(INSPECTOR_HEADER, *inspectors), "inspectors", owner),
        (a_file(EXPERT_HEADER, expert), "experts", office),
        (a_file(entity_line(8, legal_rep_phone=planted.canary()), entity_line(9)), "entities", owner),
    ]
    for content, kind, by in files:
        planted.jobs.append((await planted.district.import_file(content, by, kind=kind))["id"])
    preview = await planted.district.import_file(files[1][0], owner, kind="inspectors", preview=True)
    planted.jobs.append(preview["id"])
    async with planted.district.registry.client(owner) as client:
        digest = planted.keep("upload", await client.post("/v1/import-files", content=files[1][0]))["digest"]
        body = {"file_digest": digest, "kind": "inspectors", "defaults": {"phone": planted.canary()}}
        planted.keep("a default", await client.post("/v1/import-jobs", json=body))


async def plant_by_hand(planted: Planted) -> None:
    """Taken, refused by a rule, by its shape and for its version, sent twice, searched for."""
    entity = {"kind": "enterprise", "name": "手工登记", "external_no": "MJ900001", "region_code": "410308100"}
    inspector = {"inspector_no": "ZF90001", "name": "李示例", "department": OWNER, "certificate_no": "16030890001"}
    async with planted.district.registry.client(anyone(OWNER, planted.district.name)) as client:
        await _plant_one(planted, client, "/v1/entities", entity | {"departments": [OWNER]}, "legal_rep_phone")
        await _plant_one(planted, client, "/v1/inspectors", inspector | {"valid_until": "2028-12-31"}, "phone")
        for name in ("q", "nonsense"):
            planted.keep(f"a search by {name}", await client.get("/v1/inspectors", params={name: planted.canary()}))
        body = {"name": "全部对象", "conditions": {"field": "kind", "in": ["enterprise"]}}
        planted.ids["library_id"] = planted.keep("a library", await client.post("/v1/libraries", json=body))["id"]


async def _plant_one(planted: Planted, client: httpx2.AsyncClient, path: str, body: Any, name: str) -> None:
    key = {"Idempotency-Key": f"canary {planted.district.name} {path}"}
    first = body | {name: planted.canary()}
    made = planted.keep(path, await client.post(path, json=first, headers=key))
    planted.keep(f"{path} again", await client.post(path, json=first, headers=key))
    planted.keep(f"{path} under its key", await client.post(path, json=body | {name: planted.canary()}, headers=key))
    planted.keep(f"{path} a second", await client.post(path, json=body | {name: planted.canary()}))
    planted.keep(f"{path} malformed", await client.post(path, json=body | {name: f"打{planted.canary()}"}))
    planted.keep(f"{path} unknown field", await client.post(path, json=body | {name: planted.canary(), "x": 1}))
    own = f"{path}/{made['id']}"
    for version in ('"9"', '"1"'):
        changed = body | {name: planted.canary()}
        planted.keep(f"PUT {path}", await client.put(own, json=changed, headers={"If-Match": version}))
    planted.ids["inspector_id" if name == "phone" else "entity_id"] = made["id"]


async def read_everything(planted: Planted, house: dict[str, Served]) -> None:
    """Every route that reads, of registry with ids of the district's, of the others as they stand."""
    name = planted.district.name
    readers = [anyone(OWNER, name), anyone(STRANGER, name), the_joint_office(name), an_auditor(name)]
    for operation in operations():
        service = house[operation.service]
        peers = [the_service(peer, name) for peer in service.process.service.answers[:1]]
        inside = operation.path.startswith("/internal/")
        if operation.method == "get" and (operation.service == "registry" or "{" not in operation.path):
            for reader in peers if inside else readers:
                async with service.client(reader) as client:
                    for path in _paths(operation, planted):
                        for query in _queries(operation):
                            planted.keep(operation, await client.get(path, params=query))
    async with house["registry"].client(the_service("draw", name)) as client:
        for path, body in _asked_by_peers(planted).items():
            planted.keep(path, await client.post(path, json=body))
        planted.keep("metrics", await client.get("/metrics"))


def _paths(operation: Operation, planted: Planted) -> Iterator[str]:
    known = planted.ids | {"key": planted.ids["entity_id"]}
    for job in planted.jobs if "{job_id}" in operation.path else [""]:
        for kind in ("entities", "inspectors") if "{kind}" in operation.path else [""]:
            yield filled(operation.path, **known, job_id=job, kind=kind)


def _queries(operation: Operation) -> Iterator[dict[str, Any]]:
    """What the operation must be asked with; an export in each of its forms."""
    for query in queries(operation):
        if "format" in query:
            yield from (query | {"format": form} for form in ("csv", "xlsx"))
        else:
            yield query


def _asked_by_peers(planted: Planted) -> dict[str, Any]:
    ids = planted.ids
    snapshot = {
        "district": planted.district.name,
        "library_id": ids["library_id"],
        "library_version": 1,
        "departments": [OWNER, STRANGER],
        "on": "2026-12-01",
    }
    return {
        "/internal/v1/snapshots": snapshot,
        "/internal/v1/entities/batch": {"ids": [ids["entity_id"]]},
        "/internal/v1/inspectors/batch": {"ids": [ids["inspector_id"]], "on": "2026-12-01"},
    }
