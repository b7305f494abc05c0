"""Plans over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Response

from services.planning.api.cursors import id_cursor
from services.planning.api.filters import PlansWanted
from services.planning.api.path_ids import PlanId
from services.planning.api.plan_models import AdjustmentIn, PlanContentOut, PlanEditIn, PlanIn, PlanOut, PlanVersionOut
from services.planning.api.words import ReasonIn
from services.planning.domain.plans import Plan, PlanUnknown
from services.planning.usecases.adjust_plan import AdjustPlan, adjust_plan
from services.planning.usecases.cancel_plan import CancelPlan, cancel_plan
from services.planning.usecases.decide_plan import ApprovePlan, ReturnPlan, approve_plan, return_plan
from services.planning.usecases.file_plan import FilePlan, RevisePlan, file_plan, revise_plan
from services.planning.usecases.publish_plan import PublishPlan, publish_plan
from services.planning.usecases.submit_plan import SubmitPlan, submit_plan
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import ExpectedVersion, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/plans", tags=["抽查计划"])


def _tag(plan: Plan) -> dict[str, str]:
    return {"ETag": etag(plan.row_version)}


@router.post(
    "",
    status_code=201,
    response_model=PlanOut,
    summary="填报抽查计划",
    description="部门管理员为本部门发起的计划填报草稿并取得编号。比例、上限、联合等规则当即检查，不符合的指明规则并退回。",
)
async def create_plan(body: PlanIn, act: CurrentAct) -> Response:
    return await act.run(
        file_plan,
        FilePlan(body.year, body.fields()),
        shows=PlanOut.of,
        status=201,
        headers=lambda made: _tag(made) | {"Location": f"/v1/plans/{made.id}"},
    )


@router.get(
    "",
    response_model=Page[PlanOut],
    summary="抽查计划列表",
    description="本部门发起或参与的计划，以及其他部门已公布的计划，新的在前。",
)
async def list_plans(
    work: Reading,
    paging: Paging,
    wanted: PlansWanted,
) -> Page[PlanOut]:
    async with work:
        views = await work.plans.page(wanted, paging.size + 1, id_cursor(paging.after))
    shown = views[: paging.size]
    more = next_cursor([shown[-1].plan.id]) if len(views) > paging.size else None
    return Page[PlanOut](items=[PlanOut.of(view.plan, view.pending) for view in shown], next=more)


@router.get(
    "/{plan_id}",
    response_model=PlanOut,
    summary="查询抽查计划",
    description="现行公开的内容；正在办理的调整只有有关部门可见。",
)
async def get_plan(plan_id: PlanId, work: Reading, response: Response) -> PlanOut:
    async with work:
        view = await work.plans.view(plan_id)
    if view is None:
        raise PlanUnknown
    response.headers["ETag"] = etag(view.plan.row_version)
    return PlanOut.of(view.plan, view.pending)


@router.get(
    "/{plan_id}/versions",
    response_model=list[PlanVersionOut],
    summary="抽查计划的公开版本",
    description="历次公开的内容和调整理由，旧的在前。",
)
async def list_plan_versions(plan_id: PlanId, work: Reading) -> list[PlanVersionOut]:
    async with work:
        if await work.plans.view(plan_id) is None:
            raise PlanUnknown
        versions = await work.plans.versions(plan_id)
    return [
        PlanVersionOut(
            version=one.version,
            reason=one.reason,
            published_at=one.published_at,
            content=PlanContentOut.of(one.content),
        )
        for one in versions
    ]


@router.put(
    "/{plan_id}",
    response_model=PlanOut,
    summary="修改抽查计划",
    description="草稿或被退回的计划，以新的内容代替；须带 If-Match。",
)
async def replace_plan(plan_id: PlanId, body: PlanEditIn, seen: ExpectedVersion, act: CurrentAct) -> Response:
    return await act.run(revise_plan, RevisePlan(plan_id, seen, body.fields()), shows=PlanOut.of, headers=_tag)


@router.post(
    "/{plan_id}/submission",
    response_model=PlanOut,
    summary="报送抽查计划",
    description="发起部门报送，由联席会议办公室审核；规则按当日现行的再检查一次。",
)
async def create_plan_submission(plan_id: PlanId, act: CurrentAct) -> Response:
    return await act.run(submit_plan, SubmitPlan(plan_id), shows=PlanOut.of, headers=_tag)


@router.post(
    "/{plan_id}/approval",
    response_model=PlanOut,
    summary="批准抽查计划",
    description="由联席会议办公室批准计划或其调整；不得批准本人填报的计划。",
)
async def create_plan_approval(plan_id: PlanId, act: CurrentAct) -> Response:
    return await act.run(approve_plan, ApprovePlan(plan_id), shows=PlanOut.of, headers=_tag)


@router.post(
    "/{plan_id}/returns",
    response_model=PlanOut,
    summary="退回抽查计划",
    description="由联席会议办公室写明理由退回，发起部门修改后再次报送。",
)
async def create_plan_return(plan_id: PlanId, body: ReasonIn, act: CurrentAct) -> Response:
    return await act.run(return_plan, ReturnPlan(plan_id, body.reason), shows=PlanOut.of, headers=_tag)


@router.post(
    "/{plan_id}/publication",
    response_model=PlanOut,
    summary="公布抽查计划",
    description="公布已批准的计划，或已批准的调整（成为新的公开版本）。",
)
async def create_plan_publication(plan_id: PlanId, act: CurrentAct) -> Response:
    return await act.run(publish_plan, PublishPlan(plan_id), shows=PlanOut.of, headers=_tag)


@router.post(
    "/{plan_id}/adjustments",
    status_code=201,
    response_model=PlanOut,
    summary="调整抽查计划",
    description="发起部门对已公布的计划提出调整并写明理由；经批准、公布后成为新的公开版本，此前原版本继续有效。",
)
async def create_plan_adjustment(plan_id: PlanId, body: AdjustmentIn, act: CurrentAct) -> Response:
    command = AdjustPlan(plan_id, body.reason, body.fields())
    return await act.run(adjust_plan, command, shows=PlanOut.of, status=201, headers=_tag)


@router.post(
    "/{plan_id}/cancellation",
    response_model=PlanOut,
    summary="取消抽查计划",
    description="发起部门或联席会议办公室写明理由取消；还有未办结任务的不能取消。",
)
async def create_plan_cancellation(plan_id: PlanId, body: ReasonIn, act: CurrentAct) -> Response:
    return await act.run(cancel_plan, CancelPlan(plan_id, body.reason), shows=PlanOut.of, headers=_tag)
