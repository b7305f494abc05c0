"""Leads over HTTP (S1, S3)."""

from __future__ import annotations

from fastapi import APIRouter, Response

from services.planning.api.cursors import id_cursor
from services.planning.api.filters import LeadsWanted
from services.planning.api.lead_models import LeadCheckIn, LeadDisposalIn, LeadIn, LeadLinksIn, LeadOut
from services.planning.api.path_ids import LeadId
from services.planning.domain.leads import Lead, LeadUnknown
from services.planning.usecases.handle_lead import (
    CheckLead,
    DisposeLead,
    LinkLead,
    RegisterLead,
    check_lead,
    dispose_lead,
    link_lead,
    register_lead,
)
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/leads", tags=["案件线索"])


def _tag(lead: Lead) -> dict[str, str]:
    return {"ETag": etag(lead.row_version)}


@router.post(
    "",
    status_code=201,
    response_model=LeadOut,
    summary="登记线索",
    description="投诉举报、转办、交办、监测发现和无证无照经营的线索，由负责部门或联席会议办公室登记并取得编号。",
)
async def create_lead(body: LeadIn, act: CurrentAct) -> Response:
    return await act.run(
        register_lead,
        RegisterLead(body.content()),
        shows=LeadOut.of,
        status=201,
        headers=lambda made: _tag(made) | {"Location": f"/v1/leads/{made.id}"},
    )


@router.get(
    "",
    response_model=Page[LeadOut],
    summary="线索列表",
    description="本部门负责的线索，新的在前；联席会议办公室可见全部。",
)
async def list_leads(
    work: Reading,
    paging: Paging,
    wanted: LeadsWanted,
) -> Page[LeadOut]:
    async with work:
        rows = await work.leads.page(wanted, paging.size + 1, id_cursor(paging.after))
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].id]) if len(rows) > paging.size else None
    return Page[LeadOut](items=[LeadOut.of(row) for row in shown], next=more)


@router.get("/{lead_id}", response_model=LeadOut, summary="查询线索", description="一条线索及其核查、处理和关联。")
async def get_lead(lead_id: LeadId, work: Reading, response: Response) -> LeadOut:
    async with work:
        found = await work.leads.find(lead_id)
    if found is None:
        raise LeadUnknown
    response.headers["ETag"] = etag(found.row_version)
    return LeadOut.of(found)


@router.post(
    "/{lead_id}/checks",
    response_model=LeadOut,
    summary="登记线索核查",
    description="负责部门写明核查日期和情况；一条线索登记一次核查。",
)
async def create_lead_check(lead_id: LeadId, body: LeadCheckIn, act: CurrentAct) -> Response:
    command = CheckLead(lead_id, body.checked_on, body.finding)
    return await act.run(check_lead, command, shows=LeadOut.of, headers=_tag)


@router.post(
    "/{lead_id}/disposal",
    response_model=LeadOut,
    summary="处理线索",
    description="核查后写明处理方式并办结；无证无照经营按其查处办法另有处理方式。",
)
async def create_lead_disposal(lead_id: LeadId, body: LeadDisposalIn, act: CurrentAct) -> Response:
    command = DisposeLead(lead_id, body.outcome, body.disposal, body.links())
    return await act.run(dispose_lead, command, shows=LeadOut.of, headers=_tag)


@router.post(
    "/{lead_id}/links",
    response_model=LeadOut,
    summary="关联线索",
    description="关联由线索而来的检查结果和计划，办结后也可以；只增不减。",
)
async def create_lead_link(lead_id: LeadId, body: LeadLinksIn, act: CurrentAct) -> Response:
    return await act.run(link_lead, LinkLead(lead_id, body.links()), shows=LeadOut.of, headers=_tag)
