"""Fact imports over HTTP (K1): departments, the credit platform and NECIPS hand in what they know."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.credit.api.fact_files import read_batch
from services.credit.api.shapes import Instant
from services.credit.domain.imports import FILE_LIMIT, JSON_LIMIT, ImportReport
from services.credit.usecases.import_facts import ImportFacts, import_facts
from services.credit.usecases.read_archive import read_import
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out

router = APIRouter(prefix="/v1/fact-imports", tags=["信用信息导入"])


class FactRowIn(In):
    """一条信用信息。统一社会信用代码、检查对象编号、外部编号至少填一个；分值与等级填一个。"""

    uscc: str | None = Field(None, description="统一社会信用代码", examples=["91410308MXYT81MC3Y"])
    entity_id: UUID | None = Field(None, description="检查对象编号")
    external_no: str | None = Field(None, description="检查对象的外部编号", examples=["MJ0000001"])
    indicator: str = Field(description="指标编码；rated_clean 表示经比对无不良信息", examples=["R0304"])
    points: int | None = Field(None, ge=0, le=1000, description="来源给出的分值")
    level: int | None = Field(None, ge=1, le=5, description="程度 1–5，按指标体系计分", examples=[2])
    occurred_on: date = Field(description="发生日期", examples=["2026-06-30"])
    source: str = Field(description="信息来源", examples=["双公示平台"])
    text: str | None = Field(None, max_length=500, description="说明", examples=["受到行政处罚一次，警告并处罚款"])
    record_no: str | None = Field(
        None, description="来源中的记录编号；同编号再次导入视为更正", examples=["CF-2026-0017"]
    )
    is_withdrawn: bool = Field(False, description="来源已撤回该信息")


class RowProblemOut(Out):
    """一行的错误，改正后可再次导入。"""

    line: int = Field(description="行号：文件为所在行，JSON 为第几条", examples=[7])
    field: str = Field(description="出错的字段", examples=["uscc"])
    value: str = Field(description="填写的内容", examples=["91410308MXYT81MC3X"])
    code: str = Field(description="错误代码", examples=["row.uscc.check_digit"])
    message: str = Field(description="中文说明", examples=["统一社会信用代码校验位不正确，请核对是否录入有误"])


class FactImportOut(Out):
    """一次导入的结果。每一行都有着落：received = accepted + unchanged + rejected。"""

    import_id: UUID = Field(description="导入编号")
    received: int = Field(description="收到的行数", examples=[3])
    accepted: int = Field(description="记入的行数（新的和更正的）", examples=[2])
    unchanged: int = Field(description="此前已记入、内容相同的行数", examples=[0])
    rejected: int = Field(description="有错误未记入的行数", examples=[1])
    entities_rated: int = Field(description="重新评定的检查对象数", examples=[2])
    classes: dict[str, int] = Field(description="等级有变动的检查对象，按变动后的等级计数", examples=[{"A": 1, "B": 1}])
    problems: list[RowProblemOut] = Field(description="逐行的错误")
    indicator_version: int = Field(description="评定所用指标体系版本，没有记入时为 0", examples=[1])
    imported_at: Instant = Field(description="导入时间")

    @classmethod
    def of(cls, report: ImportReport) -> FactImportOut:
        return cls(
            import_id=report.id,
            received=report.received,
            accepted=report.accepted,
            unchanged=report.unchanged,
            rejected=report.rejected,
            entities_rated=report.entities_rated,
            classes=dict(report.classes),
            problems=[
                RowProblemOut(line=one.line, field=one.field, value=one.value, code=one.code, message=one.message)
                for one in report.problems
            ],
            indicator_version=report.indicator_version,
            imported_at=report.imported_at,
        )


_EXAMPLE = {
    "rows": [
        {
            "uscc": "91410308MXYT81MC3Y",
            "indicator": "R0304",
            "level": 2,
            "occurred_on": "2026-06-30",
            "source": "双公示平台",
            "text": "受到行政处罚一次，警告并处罚款",
            "record_no": "CF-2026-0017",
        }
    ]
}
_CSV_EXAMPLE = (
    "检查对象编号(外部编号),统一社会信用代码,指标编码,分值,发生日期,信息来源,说明\r\n"
    "MJ0000001,91410308MXYT81MC3Y,R0101,40,2026-02-28,登记系统,经营规模较小且无分支机构\r\n"
)
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["rows"],
                    "properties": {
                        "rows": {
                            "type": "array",
                            "maxItems": JSON_LIMIT,
                            "description": "信用信息",
                            "items": FactRowIn.model_json_schema(),
                        }
                    },
                },
                "example": _EXAMPLE,
            },
            "text/csv": {
                "schema": {"type": "string", "description": f"CSV 文件，UTF-8 或 GB18030，最多 {FILE_LIMIT} 行"},
                "example": _CSV_EXAMPLE,
            },
        },
    }
}


@router.post(
    "",
    status_code=201,
    response_model=FactImportOut,
    openapi_extra=_BODY,
    summary="导入信用信息",
    description="好的行记入并重新评定其检查对象，有错误的行逐行说明；同一内容再次导入不重复记入。",
)
async def create_fact_import(request: Request, act: CurrentAct) -> Response:
    batch = read_batch(request.headers.get("content-type", ""), await request.body())
    return await act.run(
        import_facts,
        ImportFacts(batch),
        shows=FactImportOut.of,
        status=201,
        headers=lambda made: {"Location": f"/v1/fact-imports/{made.id}"},
    )


@router.get(
    "/{import_id}", response_model=FactImportOut, summary="查询导入结果", description="当时的导入结果和逐行的错误。"
)
async def get_fact_import(import_id: UUID, work: Reading) -> FactImportOut:
    return FactImportOut.of(await read_import(import_id, work))
