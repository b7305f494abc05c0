"""Registry's test subjects, a line each: codes, rows of files, facts, and a district of a served registry."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.domain.entities import Entity, EntityContent
from services.registry.domain.import_rows import DistrictFacts
from services.registry.domain.inspectors import Inspector, InspectorContent
from services.registry.domain.regions import DistrictRegions
from services.registry.usecases.work_imports import work_job
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from shared.values.region import RegionTerm
from shared.values.text import search_key
from shared.values.uscc import check_digit
from tests.builders.people import a_department_admin, the_joint_office
from tests.support.served import Served

TODAY = date(2026, 11, 24)
MERGED_ON = date(2021, 3, 18)
TERMS = (
    RegionTerm("410308", "孟津区", MERGED_ON),
    RegionTerm("410322", "孟津县", None, MERGED_ON, "410308"),
    RegionTerm("410308100", "城关镇", MERGED_ON),
    RegionTerm("410308102", "平乐镇", MERGED_ON),
    RegionTerm("410322100", "城关镇", None, MERGED_ON, "410308100"),
)
DEPARTMENTS = {
    "SCJG": ("洛阳市孟津区市场监督管理局", "区市场监管局"),
    "YJJ": ("洛阳市孟津区应急管理局", "区应急管理局"),
    "SLJ": ("洛阳市孟津区水利局", "区水利局"),
}
ENTITY_HEADER = (
    "检查对象编号,名称,统一社会信用代码,类别,登记状态,成立日期,所在镇街代码,地址,行业代码,行业版本,监管部门,标签,"
    "生产单位编号,法定代表人联系电话"
)
INSPECTOR_HEADER = "执法人员编号,姓名,部门,执法证号,发证机关,证件有效期至,执法领域,业务专长,执法区域,联系电话,状态"
PHONE = "13812345678"


def a_uscc(number: int, prefix: str = "91") -> str:
    first17 = f"{prefix}410308{number:09d}"
    return first17 + check_digit(first17)


def facts(*, terms: tuple[RegionTerm, ...] = TERMS, today: date = TODAY) -> DistrictFacts:
    written = {search_key(word): code for code, names in DEPARTMENTS.items() for word in (code, *names)}
    return DistrictFacts(today, written, DistrictRegions(terms, today))


def entity_cells(number: int = 1, **changes: str) -> dict[str, str]:
    cells = {
        "external_no": f"MJ{number:06d}",
        "name": f"孟津示例{number}有限公司",
        "uscc": a_uscc(number),
        "kind": "企业",
        "status": "存续",
        "registered_on": "2020-05-18",
        "region_code": "410308100",
        "address": f"城关镇示例路{number}号",
        "industry_code": "1310",
        "industry_edition": "2017",
        "departments": "SCJG",
        "tags": "食品生产",
        "producer_external_no": "",
        "legal_rep_phone": PHONE,
    }
    return cells | changes


def entity_body(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An object as an officer registers it over HTTP."""
    body: dict[str, Any] = {
        "external_no": f"MJ{number:06d}",
        "name": f"孟津示例{number}有限公司",
        "uscc": a_uscc(number),
        "kind": "enterprise",
        "region_code": "410308100",
        "industry_code": "1310",
        "industry_edition": "2017",
        "departments": ["SCJG"],
        "tags": ["食品生产"],
        "legal_rep_phone": PHONE,
    }
    return body | changes


def inspector_body(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An inspector as his department registers him over HTTP."""
    body: dict[str, Any] = {
        "inspector_no": f"ZF{number:05d}",
        "name": f"张示例{number}",
        "department": "SCJG",
        "certificate_no": f"160308{number:05d}",
        "valid_until": "2028-12-31",
        "fields": ["食品安全"],
        "phone": PHONE,
    }
    return body | changes


def entity_line(number: int = 1, **changes: str) -> str:
    return ",".join(entity_cells(number, **changes).values())


def inspector_cells(number: int = 1, **changes: str) -> dict[str, str]:
    cells = {
        "inspector_no": f"ZF{number:05d}",
        "name": f"张示例{number}",
        "owner_department": "SCJG",
        "certificate_no": f"160308{number:05d}",
        "issuer": "河南省人民政府",
        "valid_until": "2028-12-31",
        "fields": "食品安全",
        "expertise": "冷链食品",
        "regions": "410308",
        "phone": PHONE,
        "status": "在岗",
    }
    return cells | changes


def inspector_line(number: int = 1, **changes: str) -> str:
    return ",".join(inspector_cells(number, **changes).values())


def a_file(header: str, *lines: str) -> bytes:
    return "\r\n".join((header, *lines, "")).encode("utf-8-sig")


def an_entity(**changes: Any) -> Entity:
    """`changes` are fields of the content, or `credit_class` and `last_visit_on`."""
    about = {name: changes.pop(name) for name in ("credit_class", "last_visit_on") if name in changes}
    content: dict[str, Any] = {
        "kind": "enterprise",
        "name": "孟津示例有限公司",
        "name_key": "孟津示例有限公司",
        "uscc": a_uscc(1),
        "external_no": "MJ000001",
        "status": "active",
        "registered_on": date(2020, 5, 18),
        "region_code": "410308100",
        "address": None,
        "industry_code": "1310",
        "industry_edition": "2017",
        "departments": ("SCJG",),
        "tags": ("食品生产",),
        "producer_external_no": None,
        "legal_rep_phone": None,
    }
    made = EntityContent(**content | changes)
    return Entity(new_id(), "d", 1, new_id(), _moment(), made, **about)


def an_inspector_row(**changes: Any) -> Inspector:
    content: dict[str, Any] = {
        "inspector_no": "ZF00001",
        "name": "张示例",
        "owner_department": "SCJG",
        "certificate_no": "16030800001",
        "issuer": None,
        "valid_until": date(2028, 12, 31),
        "fields": (),
        "expertise": (),
        "regions": ("*",),
        "phone": None,
        "status": "active",
    }
    return Inspector(new_id(), "d", 1, new_id(), _moment(), InspectorContent(**content | changes))


def _moment() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 24, tzinfo=UTC)


@dataclass
class District:
    """A district of a served registry with departments and regions, and what an officer does most: import a file."""

    registry: Served
    name: str

    @property
    def office(self) -> Principal:
        return the_joint_office(self.name)

    def admin(self, department: str = "SCJG") -> Principal:
        return a_department_admin(department, self.name)

    async def set_up(self) -> District:
        async with self.registry.client(self.office) as client:
            for code, (name, short_name) in DEPARTMENTS.items():
                body = {"code": code, "name": name, "short_name": short_name}
                assert (await client.post("/v1/departments", json=body)).status_code == 201
            terms = [
                {
                    "code": term.code,
                    "name": term.name,
                    "since": term.since and term.since.isoformat(),
                    "until": term.until and term.until.isoformat(),
                    "successor": term.successor,
                }
                for term in TERMS
            ]
            assert (await client.post("/v1/region-terms", json={"terms": terms})).status_code == 201
        return self

    async def add(self, path: str, *bodies: dict[str, Any], by: Principal | None = None) -> list[dict[str, Any]]:
        """Registers one after the other, by the joint office unless another is named."""
        made = []
        async with self.registry.client(by or self.office) as client:
            for body in bodies:
                answer = await client.post(path, json=body)
                assert answer.status_code == 201, answer.text
                made.append(answer.json())
        return made

    async def start(self, content: bytes, by: Principal | None = None, **job: Any) -> dict[str, Any]:
        """Uploads a file and starts its job; nothing has been worked yet."""
        async with self.registry.client(by or self.office) as client:
            uploaded = await client.post("/v1/import-files", content=content)
            assert uploaded.status_code == 201, uploaded.text
            body = {"kind": "entities", **job, "file_digest": uploaded.json()["digest"]}
            started = await client.post("/v1/import-jobs", json=body)
        assert started.status_code == 202, started.text
        made: dict[str, Any] = started.json()
        return made

    async def work(self, job_id: str) -> None:
        await work_job(self.registry.process, UUID(job_id), self.name)

    async def job(self, job_id: str, by: Principal | None = None) -> dict[str, Any]:
        async with self.registry.client(by or self.office) as client:
            found: dict[str, Any] = (await client.get(f"/v1/import-jobs/{job_id}")).json()
        return found

    async def import_file(self, content: bytes, by: Principal | None = None, **job: Any) -> dict[str, Any]:
        """Uploads, starts, lets the worker do its step, and gives the job."""
        started = await self.start(content, by, **job)
        await self.work(started["id"])
        return await until_settled(self, started["id"])

    async def rows(self, job_id: str) -> list[dict[str, Any]]:
        async with self.registry.client(self.office) as client:
            found: list[dict[str, Any]] = (await client.get(f"/v1/import-jobs/{job_id}/rows")).json()["items"]
        return found

    async def get(self, path: str, by: Principal | None = None) -> Any:
        async with self.registry.client(by or self.office) as client:
            answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def until_settled(district: District, job_id: str, seconds: float = 15) -> dict[str, Any]:
    """Waits for a job that a running worker has in hand."""
    for _ in range(int(seconds * 10)):
        job = await district.job(job_id)
        if job["state"] not in ("queued", "validating", "committing"):
            return job
        await asyncio.sleep(0.1)
    return await district.job(job_id)
