"""Item lists over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.planning.api.cursors import id_cursor
from services.planning.api.item_models import ItemFlagOut, ItemListDetailOut, ItemListIn, ItemListOut, ItemsIn
from services.planning.api.path_ids import ItemListId
from services.planning.api.words import ReasonIn
from services.planning.domain.filing import FilingState
from services.planning.domain.filters import ItemListFilter
from services.planning.domain.item_lists import ItemList, ItemListUnknown
from services.planning.usecases.decide_item_list import (
    ApproveItemList,
    ReturnItemList,
    approve_item_list,
    return_item_list,
)
from services.planning.usecases.draft_item_list import (
    DraftItemList,
    ReviseItemList,
    draft_item_list,
    revise_item_list,
)
from services.planning.usecases.publish_item_list import PublishItemList, publish_item_list
from services.planning.usecases.submit_item_list import SubmitItemList, submit_item_list
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import ExpectedVersion, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/item-lists", tags=["抽查事项清单"])


def _tag(item_list: ItemList) -> dict[str, str]:
    return {"ETag": etag(item_list.row_version)}


@router.post(
    "",
    status_code=201,
    response_model=ItemListOut,
    summary="起草抽查事项清单",
    description="部门管理员起草本部门一个年度的清单，一次写入全部事项；同一年度的下一版在上一版公布后起草。",
)
async def create_item_list(body: ItemListIn, act: CurrentAct) -> Response:
    return await act.run(
        draft_item_list,
        DraftItemList(body.year, body.all()),
        shows=ItemListOut.of,
        status=201,
        headers=lambda made: _tag(made) | {"Location": f"/v1/item-lists/{made.id}"},
    )


@router.get(
    "",
    response_model=Page[ItemListOut],
    summary="抽查事项清单列表",
    description="本部门的全部清单，以及其他部门已公布的清单，新的在前。",
)
async def list_item_lists(
    work: Reading,
    paging: Paging,
    department: Annotated[str | None, Query(description="部门代码")] = None,
    year: Annotated[int | None, Query(description="年度", ge=2000, le=2100)] = None,
    state: Annotated[FilingState | None, Query(description="状态")] = None,
) -> Page[ItemListOut]:
    wanted = ItemListFilter(department, year, state)
    async with work:
        rows = await work.item_lists.page(wanted, paging.size + 1, id_cursor(paging.after))
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[ItemListOut](items=[ItemListOut.of(row) for row in shown], next=more)


@router.get(
    "/{item_list_id}",
    response_model=ItemListDetailOut,
    summary="查询抽查事项清单",
    description="清单及其全部事项。草稿只有本部门可见。",
)
async def get_item_list(item_list_id: ItemListId, work: Reading, response: Response) -> ItemListDetailOut:
    async with work:
        found = await work.item_lists.find(item_list_id)
        if found is None:
            raise ItemListUnknown
        items = await work.items.of_list(found.id, found.revision)
        known, today = await work.duty_bases.of_department(found.department), work.today
    response.headers["ETag"] = etag(found.row_version)
    return ItemListDetailOut.whole(found, items, ItemFlagOut.all_of(items, known, today))


@router.put(
    "/{item_list_id}",
    response_model=ItemListOut,
    summary="修改抽查事项清单",
    description="草稿或被退回的清单，以新的全部事项代替原有事项；须带 If-Match。",
)
async def replace_item_list(
    item_list_id: ItemListId, body: ItemsIn, seen: ExpectedVersion, act: CurrentAct
) -> Response:
    command = ReviseItemList(item_list_id, seen, body.all())
    return await act.run(revise_item_list, command, shows=ItemListOut.of, headers=_tag)


@router.post(
    "/{item_list_id}/submission",
    response_model=ItemListOut,
    summary="提交抽查事项清单",
    description="部门管理员提交，由联席会议办公室审核。",
)
async def create_item_list_submission(item_list_id: ItemListId, act: CurrentAct) -> Response:
    return await act.run(submit_item_list, SubmitItemList(item_list_id), shows=ItemListOut.of, headers=_tag)


@router.post(
    "/{item_list_id}/approval",
    response_model=ItemListOut,
    summary="批准抽查事项清单",
    description="由联席会议办公室办理；不得批准本人填报的清单。",
)
async def create_item_list_approval(item_list_id: ItemListId, act: CurrentAct) -> Response:
    return await act.run(approve_item_list, ApproveItemList(item_list_id), shows=ItemListOut.of, headers=_tag)


@router.post(
    "/{item_list_id}/returns",
    response_model=ItemListOut,
    summary="退回抽查事项清单",
    description="由联席会议办公室写明理由退回，部门修改后再次提交。",
)
async def create_item_list_return(item_list_id: ItemListId, body: ReasonIn, act: CurrentAct) -> Response:
    command = ReturnItemList(item_list_id, body.reason)
    return await act.run(return_item_list, command, shows=ItemListOut.of, headers=_tag)


@router.post(
    "/{item_list_id}/publication",
    response_model=ItemListOut,
    summary="公布抽查事项清单",
    description="公布已批准的清单，同一年度原已公布的一版随即被替代。",
)
async def create_item_list_publication(item_list_id: ItemListId, act: CurrentAct) -> Response:
    return await act.run(publish_item_list, PublishItemList(item_list_id), shows=ItemListOut.of, headers=_tag)
