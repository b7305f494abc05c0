"""The duty map over HTTP: 谁审批谁监管、谁主管谁监管."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import ConfigDict, Field

from services.registry.api.export_sheets import DUTIES
from services.registry.api.fields import Plain, id_after
from services.registry.domain.duties import Duty, DutyBasis, DutyContent
from services.registry.usecases.map_duty import DutyFilter, MapDuty, ReviseDuty, duty_known, map_duty, revise_duty
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, export, paged
from shared.runtime.http import ExpectedVersion, In, Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/duty-map", tags=["监管职责"])
DutyId = Annotated[UUID, Path(description="监管职责的编号")]
DUTY: dict[str, Any] = {
    "basis": "industry",
    "licence": None,
    "industry_edition": "2017",
    "industry_code": "54",
    "department": "JTJ",
    "legal_basis": "《道路运输条例》第七条",
    "valid_from": "2026-01-01",
    "valid_until": None,
}
DUTY_SHOWN: dict[str, Any] = DUTY | {
    "id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f93",
    "version": 1,
    "changed_by": "officer:li",
    "changed_at": "2026-11-24T09:30:00+08:00",
}


class DutyIn(In):
    """一条监管职责：持此许可证的，或从事此行业的，由此部门监管。"""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [DUTY]})

    basis: DutyBasis = Field(description="approval 谁审批谁监管、industry 谁主管谁监管")
    licence: Plain | None = Field(None, description="许可证的种类（按审批确定时填写）", min_length=1, max_length=64)
    industry_edition: str | None = Field(None, description="行业版本：2011 或 2017（按行业确定时填写）")
    industry_code: str | None = Field(None, description="行业代码（GB/T 4754），含下级")
    department: str = Field(description="监管部门代码")
    legal_basis: Plain = Field(description="依据（文号、条款）", min_length=2, max_length=300)
    valid_from: date = Field(description="启用日期")
    valid_until: date | None = Field(None, description="停用日期（含当日）；不填为继续有效")

    def content(self) -> DutyContent:
        return DutyContent(**self.model_dump())


class DutyOut(Out):
    """一条监管职责。"""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [DUTY_SHOWN]})

    id: UUID = Field(description="监管职责的编号")
    version: int = Field(description="版本")
    basis: str = Field(description="approval 谁审批谁监管、industry 谁主管谁监管")
    licence: str | None = Field(description="许可证的种类")
    industry_edition: str | None = Field(description="行业版本")
    industry_code: str | None = Field(description="行业代码")
    department: str = Field(description="监管部门代码")
    legal_basis: str = Field(description="依据")
    valid_from: date = Field(description="启用日期")
    valid_until: date | None = Field(description="停用日期")
    changed_by: str = Field(description="由谁登记")
    changed_at: datetime = Field(description="本版本的时间")

    @classmethod
    def of(cls, duty: Duty) -> DutyOut:
        about = {name: getattr(duty, name) for name in ("id", "version", "changed_by", "changed_at")}
        return cls.model_validate({name: getattr(duty.content, name) for name in DutyContent.__slots__} | about)


def duty_filter(
    department: Annotated[str | None, Query(description="监管部门代码", examples=["JTJ"])] = None,
    basis: Annotated[DutyBasis | None, Query(description="approval 按审批、industry 按行业")] = None,
    valid_on: Annotated[date | None, Query(description="在此日有效", examples=["2026-12-01"])] = None,
    q: Annotated[str | None, Query(description="许可证、行业代码，或依据的一部分", min_length=1)] = None,
) -> DutyFilter:
    return DutyFilter(department, basis, valid_on, q)


Narrowed = Annotated[DutyFilter, Depends(duty_filter)]


def _headers(duty: Duty) -> dict[str, str]:
    return {"ETag": etag(duty.version), "Location": f"/v1/duty-map/{duty.id}"}


@router.post("", status_code=201, response_model=DutyOut, summary="登记监管职责", description="由联席会议办公室办理。")
async def add_duty(body: DutyIn, act: CurrentAct) -> Response:
    return await act.run(map_duty, MapDuty(body.content()), shows=DutyOut.of, status=201, headers=_headers)


@router.get("", response_model=Page[DutyOut], summary="监管职责列表", description="现行版本，可按部门和日期筛选。")
async def list_duties(work: Reading, paging: Paging, narrowed: Narrowed) -> Page[DutyOut]:
    after = id_after(paging)
    async with work:
        rows = await work.duties.page(narrowed, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[DutyOut](items=[DutyOut.of(row) for row in shown], next=more)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出监管职责",
    description="筛选条件与列表相同。",
)
async def export_duties(work: Reading, narrowed: Narrowed, form: ExportForm = ExportFormat.CSV) -> Response:
    async with work:
        pages = paged(lambda size, after: work.duties.page(narrowed, size, after), lambda row: row.id)
        return await export(work, DUTIES, pages, form, narrowed)


@router.get("/{duty_id}", response_model=DutyOut, summary="查询监管职责", description="现行版本。")
async def get_duty(duty_id: DutyId, work: Reading, response: Response) -> DutyOut:
    async with work:
        duty = await duty_known(duty_id, work)
    response.headers["ETag"] = etag(duty.version)
    return DutyOut.of(duty)


@router.put(
    "/{duty_id}",
    response_model=DutyOut,
    summary="修改监管职责",
    description="由联席会议办公室办理；产生新版本，旧版本保留。",
)
async def put_duty(duty_id: DutyId, body: DutyIn, version: ExpectedVersion, act: CurrentAct) -> Response:
    command = ReviseDuty(duty_id, version, body.content())
    return await act.run(revise_duty, command, shows=DutyOut.of, headers=_headers)


@router.get(
    "/{duty_id}/history",
    response_model=Page[DutyOut],
    summary="监管职责的历史",
    description="每个版本，最新的在前。",
)
async def list_duty_history(duty_id: DutyId, work: Reading) -> Page[DutyOut]:
    async with work:
        await duty_known(duty_id, work)
        versions = await work.duties.history(duty_id)
    return Page[DutyOut](items=[DutyOut.of(version) for version in versions], next=None)
