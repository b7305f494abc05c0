"""Inspectors over HTTP. A department sees its own, the joint office and auditors all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import ConfigDict, Field

from services.registry.api.export_sheets import INSPECTORS
from services.registry.api.fields import Listed, Plain, id_after
from services.registry.domain.inspectors import Inspector, InspectorContent, InspectorStatus, InspectorUnknown
from services.registry.usecases.edit_entity import KEPT
from services.registry.usecases.edit_inspector import (
    CreateInspector,
    ReinstateInspector,
    ReviseInspector,
    SuspendInspector,
    create_inspector,
    reinstate_inspector,
    revise_inspector,
    suspend_inspector,
)
from services.registry.usecases.read_people import InspectorFilter
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, export, paged
from shared.runtime.http import ExpectedVersion, In, Out, Page, Paging, etag, next_cursor
from shared.runtime.sealed import masked

router = APIRouter(prefix="/v1/inspectors", tags=["执法检查人员"])
Id = Annotated[UUID, Path(description="执法检查人员标识")]
EXAMPLE: dict[str, Any] = {
    "inspector_no": "ZF00001",
    "name": "张示例",
    "department": "SCJG",
    "certificate_no": "16030800001",
    "issuer": "河南省人民政府",
    "valid_until": "2028-12-31",
    "fields": ["食品安全"],
    "expertise": ["食品检验"],
    "regions": ["*"],
    "status": "active",
}
SHOWN: dict[str, Any] = EXAMPLE | {
    "id": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90",
    "version": 1,
    "phone": "138******78",
    "capacity": None,
    "status_reason": None,
    "changed_at": "2026-11-24T09:30:00+08:00",
}


class InspectorIn(In):
    """登记或修改一名执法检查人员。"""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]})

    inspector_no: str = Field(description="执法人员编号", min_length=1, max_length=64)
    name: str = Field(description="姓名", min_length=1, max_length=50)
    department: str = Field(description="部门代码")
    certificate_no: str = Field(description="执法证号", min_length=1, max_length=40)
    issuer: str | None = Field(None, description="发证机关", max_length=100)
    valid_until: date = Field(description="证件有效期至")
    fields: list[Listed] = Field(default_factory=list, description="执法领域", max_length=30)
    expertise: list[Listed] = Field(default_factory=list, description="业务专长", max_length=30)
    regions: list[Listed] = Field(default_factory=list, description="执法区域：镇街代码，空为全区", max_length=100)
    phone: str | None = Field(None, description="联系电话；修改时不传则保持原值")
    capacity: int | None = Field(None, description="每月检查次数上限；不填为不限", ge=0, le=1000)
    status: InspectorStatus = Field(InspectorStatus.ACTIVE, description="状态")

    def cells(self) -> dict[str, str]:
        """The texts that a row of an import file would hold; the telephone travels apart."""
        values = self.model_dump(mode="json", exclude={"phone", "department", "capacity"})
        texts = {
            name: "、".join(value) if isinstance(value, list) else str(value if value is not None else "")
            for name, value in values.items()
        }
        return texts | {"owner_department": self.department}

    def kept_phone(self) -> str | None:
        return self.phone if "phone" in self.model_fields_set else KEPT


class SuspensionIn(In):
    """暂停执法检查资格。"""

    reason: Plain = Field(description="原因", min_length=2, max_length=200, examples=["接受调查"])


class InspectorOut(Out):
    """一名执法检查人员。"""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [SHOWN]})

    id: UUID = Field(description="执法检查人员标识")
    version: int = Field(description="版本")
    inspector_no: str = Field(description="执法人员编号")
    name: str = Field(description="姓名")
    department: str = Field(description="部门代码")
    certificate_no: str = Field(description="执法证号")
    issuer: str | None = Field(description="发证机关")
    valid_until: date = Field(description="证件有效期至")
    fields: list[str] = Field(description="执法领域")
    expertise: list[str] = Field(description="业务专长")
    regions: list[str] = Field(description="执法区域，* 为全区")
    phone: str | None = Field(description="联系电话（隐去中间）")
    status: str = Field(description="状态：active 在岗、on_leave 休假、suspended 暂停、left 离岗")
    capacity: int | None = Field(description="每月检查次数上限")
    status_reason: str | None = Field(description="暂停的原因")
    changed_at: datetime = Field(description="本版本的时间")

    @classmethod
    def of(cls, inspector: Inspector) -> InspectorOut:
        content = inspector.content
        about = {name: getattr(inspector, name) for name in ("id", "version", "status_reason", "changed_at")}
        values = {name: getattr(content, name) for name in InspectorContent.__slots__}
        hidden = {"department": content.owner_department, "phone": masked(content.phone)}
        return cls.model_validate(values | about | hidden)


def _headers(inspector: Inspector) -> dict[str, str]:
    return {"ETag": etag(inspector.version), "Location": f"/v1/inspectors/{inspector.id}"}


def inspector_filter(
    department: Annotated[str | None, Query(description="部门代码", examples=["SCJG"])] = None,
    status: Annotated[str | None, Query(description="状态", examples=["active"])] = None,
    field: Annotated[str | None, Query(description="执法领域", examples=["食品安全"])] = None,
    tag: Annotated[str | None, Query(description="业务专长", examples=["食品检验"])] = None,
    town: Annotated[str | None, Query(description="能到此镇街执法", examples=["410308100"])] = None,
    valid_on: Annotated[date | None, Query(description="证件在此日有效", examples=["2026-12-01"])] = None,
    q: Annotated[str | None, Query(description="姓名的一部分，或编号、执法证号")] = None,
) -> InspectorFilter:
    return InspectorFilter(department, status, field, tag, town, valid_on, q)


Narrowed = Annotated[InspectorFilter, Depends(inspector_filter)]


@router.get("", response_model=Page[InspectorOut], summary="执法检查人员列表", description="只列出有权查看的人员。")
async def list_inspectors(work: Reading, paging: Paging, narrowed: Narrowed) -> Page[InspectorOut]:
    after = id_after(paging)
    async with work:
        rows = await work.inspectors.page(narrowed, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[InspectorOut](items=[InspectorOut.of(row) for row in shown], next=more)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出执法检查人员",
    description="筛选条件与列表相同，只含有权查看的人员；不含联系电话。",
)
async def export_inspectors(work: Reading, narrowed: Narrowed, form: ExportForm = ExportFormat.CSV) -> Response:
    async with work:
        pages = paged(lambda size, after: work.inspectors.page(narrowed, size, after), lambda row: row.id)
        return await export(work, INSPECTORS, pages, form, narrowed)


@router.get(
    "/{inspector_id}",
    response_model=InspectorOut,
    summary="查询执法检查人员",
    description="他部门的人员视同不存在。",
)
async def get_inspector(inspector_id: Id, work: Reading, response: Response) -> InspectorOut:
    async with work:
        found = await work.inspectors.find(inspector_id)
    if found is None:
        raise InspectorUnknown(key=inspector_id)
    response.headers["ETag"] = etag(found.version)
    return InspectorOut.of(found)


@router.post(
    "",
    status_code=201,
    response_model=InspectorOut,
    summary="登记执法检查人员",
    description="由本部门管理员办理。",
)
async def add_inspector(body: InspectorIn, act: CurrentAct) -> Response:
    command = CreateInspector(body.cells(), body.phone, body.capacity)
    return await act.run(create_inspector, command, shows=InspectorOut.of, status=201, headers=_headers)


@router.put(
    "/{inspector_id}",
    response_model=InspectorOut,
    summary="修改执法检查人员",
    description="由本部门管理员办理；按 If-Match 给出的版本修改。",
)
async def put_inspector(inspector_id: Id, body: InspectorIn, version: ExpectedVersion, act: CurrentAct) -> Response:
    command = ReviseInspector(inspector_id, version, body.cells(), body.kept_phone(), body.capacity)
    return await act.run(revise_inspector, command, shows=InspectorOut.of, headers=_headers)


@router.post(
    "/{inspector_id}/suspensions",
    status_code=201,
    response_model=InspectorOut,
    summary="暂停执法检查资格",
    description="由本部门管理员办理；此后的抽取不再匹配此人。",
)
async def add_suspension(inspector_id: Id, body: SuspensionIn, act: CurrentAct) -> Response:
    command = SuspendInspector(inspector_id, body.reason)
    return await act.run(suspend_inspector, command, shows=InspectorOut.of, status=201, headers=_headers)


@router.post(
    "/{inspector_id}/reinstatements",
    status_code=201,
    response_model=InspectorOut,
    summary="恢复执法检查资格",
    description="由本部门管理员办理。",
)
async def add_reinstatement(inspector_id: Id, act: CurrentAct) -> Response:
    command = ReinstateInspector(inspector_id)
    return await act.run(reinstate_inspector, command, shows=InspectorOut.of, status=201, headers=_headers)
