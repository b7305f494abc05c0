"""Results of other channels over HTTP: send a batch, see what became of each record."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from services.results.api.cursors import after_id
from services.results.api.import_files import COLUMNS, EXAMPLE, read_body
from services.results.api.shown import here
from services.results.domain.imports import MOST_RECORDS, ImportRow, ResultImport, RowState
from services.results.usecases.import_results import import_results, one_import, page_of_imports, rows_of_import
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import (
    EXPORTED,
    Column,
    ExportForm,
    ExportFormat,
    Sheet,
    at_once,
    export,
    paged,
)
from shared.runtime.http import Out, Page, Paging, next_cursor
from shared.runtime.problems import BadCursor

router = APIRouter(prefix="/v1/result-imports", tags=["检查结果导入"])
ImportId = Annotated[UUID, Path(description="导入编号")]
StateOf = Annotated[
    Literal["pending", "recorded", "revised", "unchanged", "wrong"] | None,
    Query(description="只看这种情况的", examples=["wrong"]),
]
_STATES: Final = {
    RowState.PENDING: "等待录入",
    RowState.RECORDED: "已录入为草稿",
    RowState.REVISED: "已修改草稿",
    RowState.UNCHANGED: "与已导入的相同",
    RowState.WRONG: "有错误，未录入",
}
_SHEET: Final[Sheet[ImportRow]] = Sheet(
    "检查结果导入情况",
    (
        Column("行号", lambda one: one.number),
        Column("记录编号", lambda one: one.record_no),
        Column("情况", lambda one: _STATES[one.state]),
        Column("检查结果编号", lambda one: "" if one.result_id is None else str(one.result_id)),
        Column("出错的字段", lambda one: "" if one.problem is None else one.problem.field),
        Column("原因", lambda one: "" if one.problem is None else one.problem.message),
    ),
)
_TEMPLATE: Final[Sheet[None]] = Sheet("检查结果导入模板", tuple(Column(title, lambda _: "") for title in COLUMNS))
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["source", "records"],
                    "properties": {
                        "source": {"type": "string", "description": "来源系统"},
                        "records": {"type": "array", "maxItems": MOST_RECORDS, "items": {"type": "object"}},
                    },
                },
                "example": EXAMPLE,
            },
            "text/csv": {"schema": {"type": "string"}, "example": "、".join(COLUMNS)},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"schema": {}},
        },
    }
}


class ImportOut(Out):
    """一次导入。"""

    import_id: UUID = Field(description="导入编号")
    department: str = Field(description="部门代码", examples=["SCJG"])
    source: str = Field(description="来源系统", examples=["省双随机监管平台"])
    filed_by: str = Field(description="导入人账号", examples=["officer:zhang"])
    filed_at: datetime = Field(description="导入时间")
    is_done: bool = Field(description="是否全部处理完", examples=[True])
    pending: int = Field(description="等待录入的份数", examples=[0])
    recorded: int = Field(description="录入为草稿的份数", examples=[120])
    revised: int = Field(description="修改了草稿的份数", examples=[2])
    unchanged: int = Field(description="与已导入的相同的份数", examples=[8])
    wrong: int = Field(description="有错误的份数", examples=[1])

    @classmethod
    def of(cls, one: ResultImport) -> ImportOut:
        return cls(
            import_id=one.id,
            department=one.department,
            source=one.source,
            filed_by=one.filed_by,
            filed_at=here(one.filed_at),
            is_done=one.is_done,
            **{state.value: one.counts.get(state, 0) for state in RowState},
        )


class ImportRowOut(Out):
    """一份检查结果的导入情况。"""

    number: int = Field(description="文件中的行号，或列表中的第几份", examples=[2])
    record_no: str = Field(description="来源系统中的记录编号", examples=["JC-2026-00017"])
    state: str = Field(
        description="pending 等待录入，recorded 已录入为草稿，revised 已修改草稿，unchanged 与已导入的相同，"
        "wrong 有错误",
        examples=["recorded"],
    )
    visit_id: UUID | None = Field(description="检查编号")
    result_id: UUID | None = Field(description="检查结果编号")
    code: str | None = Field(description="错误代码", examples=["results.not_assigned"])
    field: str | None = Field(description="出错的字段；与整份有关的为空", examples=["/started_at"])
    message: str | None = Field(description="原因", examples=["没有指派您参加这次检查"])

    @classmethod
    def of(cls, one: ImportRow) -> ImportRowOut:
        problem = one.problem
        return cls(
            number=one.number,
            record_no=one.record_no,
            state=one.state.value,
            visit_id=one.visit_id,
            result_id=one.result_id,
            code=None if problem is None else problem.code,
            field=None if problem is None else problem.field,
            message=None if problem is None else problem.message,
        )


@router.post(
    "",
    status_code=202,
    response_model=ImportOut,
    openapi_extra=_BODY,
    summary="导入其他渠道的检查结果",
    description="至多 1 万份：JSON，或按模板填写的 CSV、XLSX（来源系统写在 source 参数）。逐份录入为草稿，"
    "有错误的逐份说明；仍须检查人员提交、审核、公示。同一来源同一编号再次导入不重复，内容不同的修改草稿。",
)
async def create_result_import(
    request: Request,
    act: CurrentAct,
    source: Annotated[
        str | None, Query(description="来源系统（CSV、XLSX 文件必填）", max_length=100, examples=["省双随机监管平台"])
    ] = None,
) -> Response:
    command = read_body(request.headers.get("content-type", ""), await request.body(), source)
    return await act.run(
        import_results,
        command,
        shows=ImportOut.of,
        status=202,
        headers=lambda made: {"Location": f"/v1/result-imports/{made.id}"},
    )


@router.get(
    "",
    response_model=Page[ImportOut],
    summary="检查结果导入记录",
    description="本部门的导入，新的在前；可按来源系统筛选。",
)
async def list_result_imports(
    work: Reading,
    paging: Paging,
    source: Annotated[str | None, Query(description="来源系统", examples=["省双随机监管平台"])] = None,
) -> Page[ImportOut]:
    found = await page_of_imports(source, work, paging.size + 1, after_id(paging))
    shown = found[: paging.size]
    more = next_cursor([shown[-1].id]) if len(found) > paging.size else None
    return Page[ImportOut](items=[ImportOut.of(one) for one in shown], next=more)


@router.get(
    "/template",
    response_class=Response,
    responses=EXPORTED,
    summary="下载导入模板",
    description="CSV 或 XLSX；一行是一个事项的一个检查结果，记录编号相同的行是同一份，检查人员写编号，多人用顿号分开。",
)
async def export_result_template(work: Reading, form: ExportForm = ExportFormat.XLSX) -> Response:
    async with work:
        return await export(work, _TEMPLATE, at_once([]), form)


@router.get(
    "/{import_id}",
    response_model=ImportOut,
    summary="查询导入进度",
    description="各种情况的份数；全部处理完的 is_done 为真。",
)
async def get_result_import(import_id: ImportId, work: Reading) -> ImportOut:
    return ImportOut.of(await one_import(import_id, work))


@router.get(
    "/{import_id}/rows",
    response_model=Page[ImportRowOut],
    summary="逐份的导入情况",
    description="按行号排列；`state=wrong` 只看有错误的。",
)
async def list_result_import_rows(
    import_id: ImportId, work: Reading, paging: Paging, state: StateOf = None
) -> Page[ImportRowOut]:
    after = _after_number(paging.after)
    async with work:
        found = await rows_of_import(import_id, state, work, paging.size + 1, after)
    shown = found[: paging.size]
    more = next_cursor([shown[-1].number]) if len(found) > paging.size else None
    return Page[ImportRowOut](items=[ImportRowOut.of(one) for one in shown], next=more)


@router.get(
    "/{import_id}/rows/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出逐份的导入情况",
    description="按相同条件导出 CSV 或 XLSX，修改后可以重新导入。",
)
async def export_result_import_rows(
    import_id: ImportId, work: Reading, state: StateOf = None, form: ExportForm = ExportFormat.XLSX
) -> Response:
    async with work:
        pages = paged(
            lambda size, after: rows_of_import(import_id, state, work, size, after or 0), lambda one: one.number
        )
        asked = {"import_id": str(import_id), "state": state}
        return await export(work, _SHEET, pages, form, asked)


def _after_number(after: list[Any] | None) -> int:
    """Raises BadCursor."""
    if after is None:
        return 0
    if len(after) != 1 or not isinstance(after[0], int):
        raise BadCursor
    return after[0]
