"""Libraries over HTTP: saved conditions, versioned; counts and preview of any version."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from services.registry.api.entity_models import EntityOut
from services.registry.api.export_sheets import LIBRARY_OBJECTS
from services.registry.api.fields import Plain, id_after
from services.registry.domain.condition_json import condition_json
from services.registry.domain.libraries import Library, LibraryCounts
from services.registry.domain.moments import Moment
from services.registry.usecases.define_library import DefineLibrary, ReviseLibrary, define_library, revise_library
from services.registry.usecases.read_libraries import library_known
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, export, paged
from shared.runtime.http import ExpectedVersion, In, Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/libraries", tags=["名录库"])
Id = Annotated[UUID, Path(description="名录库编号")]
Version = Annotated[int | None, Query(ge=1, description="版本；不填为最新", examples=[1])]
CONDITIONS = {
    "all": [
        {"field": "kind", "in": ["enterprise", "individual_business"]},
        {"field": "tags", "has_any": ["食品生产"]},
        {"field": "region", "within": ["410308"]},
    ]
}


class LibraryIn(In):
    """一个名录库：名称和条件。"""

    name: Plain = Field(description="名称", min_length=2, max_length=100, examples=["食品生产单位"])
    conditions: dict[str, Any] = Field(
        description=(
            "条件：all、any、not 可以嵌套；每个条件写明 field 和 in、within、has_any、has_all 或 from/to。"
            "字段：kind、status、credit_class、uscc、external_no（in）；region、industry（within）；"
            "tags、departments（has_any、has_all）；registered_on、last_visit_on（from、to）"
        ),
        examples=[CONDITIONS],
    )


class LibraryOut(Out):
    """名录库的一个版本。"""

    id: UUID = Field(description="名录库编号")
    version: int = Field(description="版本", examples=[1])
    name: str = Field(description="名称", examples=["食品生产单位"])
    owner_department: str = Field(description="维护部门", examples=["SCJG"])
    conditions: dict[str, Any] = Field(description="条件", examples=[CONDITIONS])
    changed_by: str = Field(description="由谁定义", examples=["officer:zhang"])
    changed_at: datetime = Field(description="本版本的时间")

    @classmethod
    def of(cls, library: Library) -> LibraryOut:
        names = ("id", "version", "name", "owner_department", "changed_by", "changed_at")
        values = {name: getattr(library, name) for name in names}
        return cls.model_validate(values | {"conditions": condition_json(library.conditions)})


class LibraryCountsOut(Out):
    """名录库现在有多少对象。"""

    library_id: UUID = Field(description="名录库编号")
    version: int = Field(description="版本", examples=[1])
    total: int = Field(description="可以抽取的对象数", examples=[1250])
    by_class: dict[str, int] = Field(
        description="按信用风险等级", examples=[{"A": 800, "B": 300, "C": 100, "D": 20, "U": 30}]
    )
    by_kind: dict[str, int] = Field(description="按类别", examples=[{"enterprise": 1000, "individual_business": 250}])
    excluded: int = Field(description="符合条件但不能抽取的对象数（注销、吊销等）", examples=[12])

    @classmethod
    def of(cls, library: Library, counts: LibraryCounts) -> LibraryCountsOut:
        return cls(
            library_id=library.id,
            version=library.version,
            total=counts.total,
            by_class=counts.by_class,
            by_kind=counts.by_kind,
            excluded=counts.excluded,
        )


def _headers(library: Library) -> dict[str, str]:
    return {"ETag": etag(library.version), "Location": f"/v1/libraries/{library.id}"}


@router.post(
    "",
    status_code=201,
    response_model=LibraryOut,
    summary="定义名录库",
    description="由部门管理员或联席会议办公室办理，归其部门维护。",
)
async def add_library(body: LibraryIn, act: CurrentAct) -> Response:
    command = DefineLibrary(body.name, body.conditions)
    return await act.run(define_library, command, shows=LibraryOut.of, status=201, headers=_headers)


@router.get("", response_model=Page[LibraryOut], summary="名录库列表", description="各名录库的最新版本。")
async def list_libraries(
    work: Reading,
    paging: Paging,
    department: Annotated[str | None, Query(description="维护部门", examples=["SCJG"])] = None,
) -> Page[LibraryOut]:
    after = id_after(paging)
    async with work:
        rows = await work.libraries.page(department, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[LibraryOut](items=[LibraryOut.of(row) for row in shown], next=more)


@router.get("/{library_id}", response_model=LibraryOut, summary="查询名录库", description="最新版本，或指定的版本。")
async def get_library(library_id: Id, work: Reading, response: Response, version: Version = None) -> LibraryOut:
    async with work:
        library = await library_known(library_id, version, work)
    response.headers["ETag"] = etag(library.version)
    return LibraryOut.of(library)


@router.put(
    "/{library_id}",
    response_model=LibraryOut,
    summary="修改名录库",
    description="由维护部门办理；产生新版本，旧版本保留。",
)
async def put_library(library_id: Id, body: LibraryIn, version: ExpectedVersion, act: CurrentAct) -> Response:
    command = ReviseLibrary(library_id, version, body.name, body.conditions)
    return await act.run(revise_library, command, shows=LibraryOut.of, headers=_headers)


@router.get(
    "/{library_id}/counts",
    response_model=LibraryCountsOut,
    summary="名录库的对象数",
    description="按信用风险等级和类别统计，以现在的数据计算。",
)
async def get_library_counts(library_id: Id, work: Reading, version: Version = None) -> LibraryCountsOut:
    async with work:
        library = await library_known(library_id, version, work)
        counts = await work.entity_lists.count(library.conditions, Moment(work.today))
    return LibraryCountsOut.of(library, counts)


@router.get(
    "/{library_id}/objects",
    response_model=Page[EntityOut],
    summary="名录库的对象",
    description="预览符合条件的对象，不能抽取的也列出并注明原因。",
)
async def list_library_objects(
    library_id: Id, work: Reading, paging: Paging, version: Version = None
) -> Page[EntityOut]:
    after = id_after(paging)
    async with work:
        library = await library_known(library_id, version, work)
        rows = await work.entity_lists.of_library(library.conditions, Moment(work.today), paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[EntityOut](items=[EntityOut.of(row) for row in shown], next=more)


@router.get(
    "/{library_id}/objects/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出名录库的对象",
    description="与预览相同的对象；不含联系电话。",
)
async def export_library_objects(
    library_id: Id, work: Reading, version: Version = None, form: ExportForm = ExportFormat.CSV
) -> Response:
    async with work:
        library = await library_known(library_id, version, work)
        conditions, moment = library.conditions, Moment(work.today)
        pages = paged(
            lambda size, after: work.entity_lists.of_library(conditions, moment, size, after), lambda row: row.id
        )
        return await export(work, LIBRARY_OBJECTS, pages, form, f"{library.name} v{library.version}")
