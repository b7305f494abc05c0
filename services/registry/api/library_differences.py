"""What came into a library and what went out, over HTTP: against another version, or since a day."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from services.registry.api.entity_models import EntityOut
from services.registry.api.export_sheets import DIFFERENCE
from services.registry.api.fields import AsOf, id_after, moment_of
from services.registry.usecases.read_libraries import comparison
from shared.runtime.app import Reading
from shared.runtime.exports import EXPORTED, ExportForm, ExportFormat, export, paged
from shared.runtime.http import Out, Page, Paging, next_cursor

router = APIRouter(prefix="/v1/libraries/{library_id}/difference", tags=["名录库"])
Id = Annotated[UUID, Path(description="名录库编号")]
Version = Annotated[int | None, Query(ge=1, description="版本；不填为最新", examples=[2])]
Against = Annotated[
    int | None,
    Query(ge=1, description="与哪个版本比较；不填时，给了 as_of 则为当时的版本，否则为上一版本", examples=[1]),
]
Entered = Annotated[bool | None, Query(description="只列进入的（true）或离开的（false）", examples=[True])]


class DifferenceOut(Out):
    """两个时点或两个版本之间名录库的变动。"""

    library_id: UUID = Field(description="名录库编号")
    version: int = Field(description="现在一方的版本", examples=[2])
    against: int = Field(description="以前一方的版本", examples=[1])
    before: int = Field(description="以前一方的对象数", examples=[1200])
    after: int = Field(description="现在一方的对象数", examples=[1250])
    entered: int = Field(description="进入的", examples=[80])
    gone: int = Field(description="离开的", examples=[30])


class MembershipChangeOut(Out):
    """一个进入或离开名录库的对象，按其现在的内容。"""

    entered: bool = Field(description="true 进入、false 离开", examples=[True])
    entity: EntityOut = Field(description="检查对象")


@router.get(
    "",
    response_model=DifferenceOut,
    summary="名录库的变动",
    description="版本之间的变动以现在的数据计算；给了 as_of 则与当时的名录比较。",
)
async def get_library_difference(
    library_id: Id, work: Reading, version: Version = None, against: Against = None, as_of: AsOf = None
) -> DifferenceOut:
    async with work:
        found = await comparison(library_id, version, against, moment_of(as_of, work.today), work)
        figures = await work.differences.figures(found.before, found.after)
    return DifferenceOut(
        library_id=library_id,
        version=found.library.version,
        against=found.earlier.version,
        before=figures.before,
        after=figures.after,
        entered=figures.entered,
        gone=figures.gone,
    )


@router.get(
    "/objects",
    response_model=Page[MembershipChangeOut],
    summary="名录库变动的对象",
    description="按标识排列，每个注明进入还是离开。",
)
async def list_library_changes(
    library_id: Id,
    work: Reading,
    paging: Paging,
    version: Version = None,
    against: Against = None,
    as_of: AsOf = None,
    entered: Entered = None,
) -> Page[MembershipChangeOut]:
    after = id_after(paging)
    async with work:
        found = await comparison(library_id, version, against, moment_of(as_of, work.today), work)
        rows = await work.differences.page(found.before, found.after, entered, paging.size + 1, after)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].entity.id]) if len(rows) > paging.size else None
    items = [MembershipChangeOut(entered=row.entered, entity=EntityOut.of(row.entity)) for row in shown]
    return Page[MembershipChangeOut](items=items, next=more)


@router.get(
    "/export",
    response_class=Response,
    responses=EXPORTED,
    summary="导出名录库的变动",
    description="条件与变动的对象相同；不含联系电话。",
)
async def export_library_changes(
    library_id: Id,
    work: Reading,
    version: Version = None,
    against: Against = None,
    as_of: AsOf = None,
    entered: Entered = None,
    form: ExportForm = ExportFormat.CSV,
) -> Response:
    async with work:
        found = await comparison(library_id, version, against, moment_of(as_of, work.today), work)
        pages = paged(
            lambda size, after: work.differences.page(found.before, found.after, entered, size, after),
            lambda row: row.entity.id,
            size=5000,
        )
        asked = f"{found.library.name} v{found.library.version} / v{found.earlier.version} {as_of or ''}"
        return await export(work, DIFFERENCE, pages, form, asked)
