"""What the portal's pages show, made up: one district, a few firms, every state that a page knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.disclosure.domain import views

SEEN_AT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
USCC = "91410105MA9K4L2P3X"
PLAN_NO = "P2026-0007"
TASK_NO = "T2026-0007-01"


def an_id(number: int) -> UUID:
    return UUID(f"0192f3a4-7c1d-7000-8000-{number:012d}")


def a_line(number: int = 1, **changes: Any) -> views.ResultLine:
    line = views.ResultLine(
        result_id=an_id(number),
        version=1,
        state=views.ResultState.PUBLISHED,
        entity_id=an_id(900),
        entity_name="示范市宏达商贸有限公司",
        department="market",
        department_name="区市场监督管理局",
        task_no=TASK_NO,
        plan_no=PLAN_NO,
        plan_title="2026年食品经营单位部门联合抽查",
        outcome_codes=("1",),
        outcomes=("未发现问题",),
        has_problem=False,
        findings=0,
        concluded_on=date(2026, 10, 8 + number % 20),
        due_on=date(2026, 11, 6),
        published_at=SEEN_AT,
        is_late=False,
        changed_at=SEEN_AT,
    )
    return replace(line, **changes)


def a_bad_line(number: int = 2, **changes: Any) -> views.ResultLine:
    found = {"outcome_codes": ("E",), "outcomes": ("发现问题经责令已改正",), "has_problem": True, "findings": 1}
    return a_line(number, **found | {"is_late": True} | changes)


def a_withdrawn_line(number: int = 3) -> views.ResultLine:
    return a_bad_line(number, state=views.ResultState.WITHDRAWN, version=2)


def some_lines() -> tuple[views.ResultLine, ...]:
    return (a_line(1), a_bad_line(2), a_withdrawn_line(3), a_line(4, state=views.ResultState.CORRECTED, version=2))


def a_checkpoint() -> views.CheckpointView:
    return views.CheckpointView("results", "结果服务", 12, 48213, DIGEST, "mJ3v" * 21, "{}", SEEN_AT)


def a_finding() -> views.FindingView:
    return views.FindingView(an_id(50), "食品经营许可证", "E", "未在经营场所公示许可证，已责令改正", 2, "一般")


def a_listing() -> views.ListingView:
    return views.ListingView(
        an_id(60),
        "abnormal_operations",
        "经营异常名录",
        "通过登记的住所无法联系",
        "示市监异〔2026〕12号",
        "区市场监督管理局",
        date(2026, 9, 1),
        None,
        None,
        None,
    )


def a_repair() -> views.RepairView:
    return views.RepairView(
        an_id(70), "listing", True, "示市监修〔2026〕3号", "区市场监督管理局", date(2026, 10, 1), False
    )


def an_entity(*, empty: bool = False) -> views.EntityPage:
    lines = () if empty else some_lines()
    return views.EntityPage(
        entity_id=an_id(900),
        name="示范市宏达商贸有限公司",
        uscc=None if empty else USCC,
        other_names=() if empty else ("示范市宏达副食商店",),
        latest=lines[:4],
        results=lines if empty else (*lines, a_line(5)),
        findings=() if empty else ((a_bad_line(), a_finding()),),
        listings=() if empty else (a_listing(), replace(a_listing(), removed_on=date(2026, 10, 1))),
        repairs=() if empty else (a_repair(),),
    )


def a_result(*, withdrawn: bool = False, bare: bool = False) -> views.ResultPage:
    line = a_withdrawn_line() if withdrawn else a_line() if bare else a_bad_line(2, version=2)
    state = views.ResultState
    first = views.ResultVersionView(1, state.PUBLISHED, SEEN_AT, None, DIGEST, ())
    change = views.Difference("检查结果", "未发现问题", "发现问题经责令已改正")
    second = views.ResultVersionView(2, state.CORRECTED, SEEN_AT, "录入时选错结果", DIGEST[::-1], (change,))
    gone = views.ResultVersionView(2, state.WITHDRAWN, SEEN_AT, "检查对象录入错误", DIGEST[::-1], ())
    follow_up = views.FollowUpView(
        an_id(80),
        "market",
        "区市场监督管理局",
        "rectification",
        "责令改正",
        date(2026, 10, 9),
        date(2026, 11, 9),
        *(None,) * 3,
    )
    done = replace(follow_up, outcome="corrected", is_settled=True, closed_on=date(2026, 10, 20))
    return views.ResultPage(
        line=line,
        uscc=None if bare else USCC,
        outcome="done",
        outcome_name="已检查",
        method_name="实地核查",
        origin="lead" if bare else "draw",
        origin_name="投诉举报核查" if bare else "随机抽查",
        plan_no=None if bare else PLAN_NO,
        items=() if bare else (views.ItemView(an_id(50), "食品经营许可证", ("E",), ("发现问题经责令已改正",)),),
        findings=() if bare else (a_finding(),),
        listing=None if bare else a_listing(),
        follow_ups=() if bare else (follow_up, done),
        versions=(first,) if bare else ((gone if withdrawn else second), first),
        digest=DIGEST,
        checkpoint=None if bare else a_checkpoint(),
        public_until=date(2031, 11, 24),
        repairs=() if bare else (a_repair(),),
    )


def a_plan_line(**changes: Any) -> views.PlanLine:
    line = views.PlanLine(
        plan_id=an_id(100),
        plan_no=PLAN_NO,
        year=2026,
        title="2026年食品经营单位部门联合抽查",
        version=2,
        initiator_name="区市场监督管理局",
        participant_names=("区农业农村局", "区消防救援大队"),
        window_start=date(2026, 3, 1),
        window_end=date(2026, 11, 30),
        published_at=SEEN_AT,
        is_cancelled=False,
        tasks=1,
    )
    return replace(line, **changes)


def some_items() -> tuple[views.PlanItemView, ...]:
    one = views.PlanItemView(
        an_id(50), "market", "区市场监督管理局", "SP-01", "食品经营许可证", "general", "一般检查事项", 3, 50_000
    )
    key = replace(
        one, code="SP-02", name="食品安全自查制度落实情况", level="key", level_name="重点检查事项", ratio_cap_ppm=None
    )
    return (one, key)


def some_ratios() -> tuple[views.RatioView, ...]:
    return tuple(
        views.RatioView(*one) for one in (("A", 10_000), ("B", 30_000), ("C", 100_000), ("D", 200_000), ("U", 30_000))
    )


def a_task_line(**changes: Any) -> views.TaskLine:
    line = views.TaskLine(
        task_id=an_id(110),
        task_no=TASK_NO,
        title="食品经营单位联合抽查（第一次）",
        plan_no=PLAN_NO,
        initiator_name="区市场监督管理局",
        window_start=date(2026, 9, 1),
        window_end=date(2026, 10, 31),
        issued_at=SEEN_AT,
        state="extended",
        state_name="已延期",
        results=4,
    )
    return replace(line, **changes)


def a_plan(*, cancelled: bool = False, bare: bool = False) -> views.PlanPage:
    change = views.Difference("检查时间", "2026年3月1日至2026年10月31日", "2026年3月1日至2026年11月30日")
    first = views.PlanVersionView(1, SEEN_AT, None, DIGEST, ())
    second = views.PlanVersionView(2, SEEN_AT, "因汛期顺延", DIGEST[::-1], (change,))
    special = views.SpecialView("冬季食品安全隐患", "区政府", date(2026, 2, 1), "备〔2026〕1号", date(2026, 12, 31))
    return views.PlanPage(
        line=a_plan_line(
            is_cancelled=cancelled, version=1 if bare else 2, participant_names=() if bare else ("区农业农村局",)
        ),
        method_name="实地核查",
        ratios=some_ratios(),
        visit_caps=(("A", 1), ("D", 4)),
        items=() if bare else some_items(),
        sole_ground="法律规定由本部门单独检查" if bare else None,
        special=None if bare else special,
        names_open="公示检查结果时公开",
        names_open_basis="",
        batches=0 if bare else 3,
        cancelled_at=SEEN_AT if cancelled else None,
        cancel_reason="并入联合计划" if cancelled else None,
        merged_into="P2026-0001" if cancelled else None,
        versions=(first,) if bare else (second, first),
        digest=DIGEST,
        tasks=() if bare else (a_task_line(), a_task_line(state="cancelled", state_name="已取消")),
        checkpoint=None if bare else a_checkpoint(),
    )


def a_task(*, bare: bool = False) -> views.TaskPage:
    change = views.TaskChangeView("extended", "任务延期", "因汛期顺延", date(2026, 9, 1), date(2026, 10, 31), SEEN_AT)
    return views.TaskPage(
        line=a_task_line(),
        plan_title=None if bare else "2026年食品经营单位部门联合抽查",
        method_name="实地核查",
        departments=(views.TaskDepartmentView("market", "区市场监督管理局", 2, 0, ("食品经营许可证",)),),
        ratios=some_ratios(),
        items=() if bare else some_items(),
        quiet_days=() if bare else (date(2026, 9, 15), date(2026, 9, 16)),
        names_open="公示检查结果时公开",
        names_open_basis="",
        changes=() if bare else (change, replace(change, kind="cancelled", kind_name="任务取消", window_start=None)),
        results=() if bare else some_lines(),
    )


def some_figures(code: str, name: str, results: int = 120, problems: int = 18) -> views.GroupFigures:
    rate = problems * 1_000_000 // results if results else None
    on_time = results - results // 20
    timely = on_time * 1_000_000 // results if results else None
    return views.GroupFigures(code, name, results, problems, on_time, results - on_time, 2, rate, timely)


def statistics(*, empty: bool = False) -> views.StatisticsPage:
    nothing = empty
    departments = (
        some_figures("market", "区市场监督管理局", 1203, 120),
        some_figures("farm", "区农业农村局", 301, 45),
        some_figures("build", "区住房和城乡建设局", 0, 0),
    )
    months = tuple(some_figures(f"2026-{at:02d}", f"{at}月", 10 * at, at) for at in range(1, 13))
    return views.StatisticsPage(
        year=2026,
        years=(2026, 2025),
        all=some_figures("all", "2026年", 0 if nothing else 1504, 0 if nothing else 165),
        entities=0 if nothing else 1322,
        drawn_tasks=0 if nothing else 9,
        tasks=0 if nothing else 12,
        coverage_ppm=None if nothing else 750_000,
        withdrawn=0 if nothing else 2,
        corrected=0 if nothing else 5,
        departments=() if nothing else departments,
        industries=()
        if nothing
        else (some_figures("F", "批发和零售业", 900, 100), some_figures("H", "住宿和餐饮业", 604, 65)),
        months=() if nothing else months,
        outcomes=() if nothing else (("1", "未发现问题", 1339), ("E", "发现问题经责令已改正", 165)),
    )


def a_search(*, text: str | None = None, empty: bool = False, capped: bool = False) -> views.SearchPage:
    hit = views.EntityHit(an_id(900), "示范市宏达商贸有限公司", USCC, 5, a_bad_line())
    other = views.EntityHit(an_id(901), "示范市宏达建材经营部", None, 0, None)
    return views.SearchPage(
        query=views.SearchQuery(text=text),
        exact=None,
        hits=() if empty or text is None else (hit, other),
        lines=() if empty or text is not None else some_lines(),
        plans=() if empty or text is None else (a_plan_line(),),
        total=0 if empty else 1000 if capped else 2,
        is_capped=capped,
        next_key=("a", "b", "c") if capped else None,
        departments=(("market", "区市场监督管理局"), ("farm", "区农业农村局")),
        outcome_codes=(("1", "未发现问题"), ("E", "发现问题经责令已改正")),
    )


def a_home(*, empty: bool = False) -> views.HomePage:
    return views.HomePage(
        results=() if empty else some_lines(),
        plans=() if empty else (a_plan_line(), a_plan_line(is_cancelled=True)),
        figures=some_figures("2026", "2026年", 0 if empty else 1504, 0 if empty else 165),
        as_of=None if empty else SEEN_AT,
    )


def a_code(*, valid: bool = True) -> views.CodeView:
    facts = (("检查部门", "区市场监督管理局"), ("检查时间", "2026年9月1日至2026年10月31日"))
    return views.CodeView(
        code="JC7K2M9P",
        kind="visit" if valid else "unknown",
        kind_name="检查通知" if valid else "无法识别",
        is_valid=valid,
        answer="这是本平台随机抽取产生的检查。" if valid else "本平台没有这个核验码。您可以拒绝没有有效核验码的检查。",
        facts=facts if valid else (),
        address=f"/t/{TASK_NO}" if valid else None,
        receipt_text=None if valid else "核验回执：核验码 JC7K2M9P 无效。\n核验时间：2026年11月24日 17:05",
        receipt_signature=None if valid else "mJ3v" * 21,
    )


def open_data(*, empty: bool = False) -> views.OpenDataPage:
    file = views.OpenFileView(
        "results-2026-11-24.csv",
        "results",
        "检查结果",
        "csv",
        "all",
        date(2026, 11, 24),
        1504,
        412_000,
        DIGEST,
        None,
        SEEN_AT,
    )
    lines = replace(file, name="results-2026-11-24.jsonl", form="jsonl", size=1_900_000)
    delta = replace(file, name="results-delta-2026-11-24.csv", scope="delta", rows=12, size=812)
    one = replace(
        file, name="findings-2026-market.csv", dataset="findings", dataset_name="发现的问题", scope="2026/market"
    )
    past = replace(file, day=date(2026, 11, 23), superseded_on=date(2026, 11, 24))
    columns = (("result_id", "结果编号", "本平台给出的编号，不变"), ("uscc", "统一社会信用代码", "没有登记的为空"))
    return views.OpenDataPage(
        day=None if empty else date(2026, 11, 24),
        files=() if empty else (file, lines, delta, one),
        past=() if empty else (past,),
        dictionary=() if empty else (("results", columns), ("findings", columns)),
    )


def a_status(*, empty: bool = False) -> views.StatusPage:
    one = views.ProducerStatus("results", "结果服务", 48213, SEEN_AT, a_checkpoint())
    other = views.ProducerStatus("planning", "计划服务", 0, None, None)
    return views.StatusPage(
        now=SEEN_AT,
        as_of=None if empty else SEEN_AT,
        producers=() if empty else (one, other),
        entities=0 if empty else 1322,
        results=0 if empty else 1504,
        plans=0 if empty else 14,
        open_data_on=None if empty else date(2026, 11, 24),
        parked=0 if empty else 1,
    )
