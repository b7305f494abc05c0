"""Response bodies of draws and pools."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.draw.domain.ceremony import STAGE_LABELS, Ceremony, HistoryEntry
from services.draw.domain.outlook import DepartmentOutlook, Hint
from services.draw.domain.published import LogEntry, StoredResult
from services.draw.usecases.reading import DrawView, PoolView, StratumView
from shared.runtime.http import Out


class DrawOut(Out):
    """一次抽取。"""

    draw_id: UUID = Field(description="抽取编号")
    task_id: UUID = Field(description="抽查任务编号")
    task_no: str = Field(description="任务编号（公开编号）", examples=["410308202611241001"])
    stage: str = Field(
        description="阶段：FROZEN 已冻结，WITHDRAWN 已撤回，COMMITTED 已承诺，SEALED 份额已封存，"
        "REVEALED 随机源已揭示，PUBLISHED 结果已公布，VOID 已作废",
        examples=["COMMITTED"],
    )
    stage_label: str = Field(description="阶段名称", examples=["已承诺"])
    version: int = Field(description="版本", examples=[2])
    suite: str = Field(description="密码杂凑套件", examples=["SHA-256"])
    owner_department: str = Field(description="发起部门代码", examples=["scjg"])
    participants: list[str] = Field(description="参加部门代码", examples=[["scjg", "yjj"]])
    replaces: UUID | None = Field(description="所接替的已作废抽取")
    frozen_by: str = Field(description="冻结名册的账号", examples=["officer:zhang"])
    frozen_at: datetime = Field(description="冻结时间")
    committed_by: str | None = Field(description="公布承诺书的账号", examples=["officer:li"])
    commit_hash: str | None = Field(description="承诺书摘要", examples=["5c98" + "0" * 60])

    @classmethod
    def of(cls, draw: Ceremony) -> DrawOut:
        return cls(**_draw_members(draw))


def _draw_members(draw: Ceremony) -> dict[str, object]:
    return {
        "draw_id": draw.id,
        "task_id": draw.task_id,
        "task_no": draw.task_no,
        "stage": draw.stage.value,
        "stage_label": STAGE_LABELS[draw.stage],
        "version": draw.version,
        "suite": draw.suite,
        "owner_department": draw.owner_department,
        "participants": list(draw.participants),
        "replaces": draw.replaces,
        "frozen_by": draw.frozen_by,
        "frozen_at": draw.frozen_at,
        "committed_by": draw.committed_by,
        "commit_hash": None if draw.commit_hash is None else draw.commit_hash.hex(),
    }


class PartyOut(Out):
    """一个见证方走到哪一步。"""

    id: str = Field(description="见证方编号", examples=["公证处"])
    name: str = Field(description="见证方名称", examples=["孟津区公证处"])
    is_outside: bool = Field(description="是否在承办单位以外")
    has_commit: bool = Field(description="是否已提交份额承诺")
    has_share: bool = Field(description="是否已给出份额")


class BeaconOut(Out):
    """一个公共随机源。"""

    id: str = Field(description="编号", examples=["福彩快乐8"])
    ref: str = Field(description="来源与期号", examples=["drand quicknet 24100000"])
    pattern: str = Field(description="取值格式", examples=["^[0-9a-f]{64}$"])
    not_before: str | None = Field(
        description="最早产生时刻；按秒数约定的在公布承诺书时确定", examples=["2026-11-24T09:30:00+08:00"]
    )
    value: str | None = Field(
        description="取值", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    provenance: str | None = Field(description="出处", examples=["https://api.drand.sh"])


class ResultOut(Out):
    """计算结果。"""

    version: int = Field(description="结果版本：此前的递补次数", examples=[0])
    seed: str = Field(
        description="种子，十六进制", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    result_hash: str = Field(
        description="结果摘要，十六进制", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    drawn: int = Field(description="抽中对象数", examples=[30])
    visits: int = Field(description="检查（上门）次数", examples=[30])
    open_slots: int = Field(description="未能配备人员的席位数", examples=[0])

    @classmethod
    def of(cls, result: StoredResult) -> ResultOut:
        return cls(
            version=result.version,
            seed=result.seed.hex(),
            result_hash=result.result_hash.hex(),
            drawn=result.drawn,
            visits=result.visits,
            open_slots=result.open_slots,
        )


class DocumentBriefOut(Out):
    """一份已公布的文档。"""

    log_seq: int = Field(description="日志序号", examples=[1])
    kind: str = Field(description="种类", examples=["commitment"])
    digest: str = Field(
        description="文本摘要，十六进制", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    published_at: str = Field(description="公布时间", examples=["2026-11-24T09:00:00+08:00"])

    @classmethod
    def of(cls, entry: LogEntry) -> DocumentBriefOut:
        digest = entry.digest.hex()
        return cls(log_seq=entry.log_seq, kind=entry.kind, digest=digest, published_at=entry.published_at)


class StepOut(Out):
    """一个办理步骤。"""

    step: str = Field(description="步骤", examples=["freeze"])
    stage: str = Field(description="办理后的阶段", examples=["FROZEN"])
    detail: str = Field(description="内容", examples=["公布承诺书"])
    actor: str = Field(description="办理账号", examples=["officer:zhang"])
    acted_at: datetime = Field(description="办理时间")

    @classmethod
    def of(cls, entry: HistoryEntry) -> StepOut:
        return cls(
            step=entry.step.value,
            stage=entry.stage.value,
            detail=entry.detail,
            actor=entry.actor,
            acted_at=entry.acted_at,
        )


class VoidRequestOut(Out):
    """作废申请。"""

    reason: str = Field(description="事由", examples=["名册有误"])
    requested_by: str = Field(description="申请账号", examples=["officer:zhang"])
    requested_at: datetime = Field(description="申请时间")


class DrawDetailOut(DrawOut):
    """一次抽取的仪式、文档、结果和全部步骤。"""

    note: str = Field(description="附言", examples=["第一批联合抽查"])
    parties: list[PartyOut] = Field(description="见证方")
    min_shares: int = Field(description="最少份额数", examples=[2])
    reveal_deadline: str | None = Field(
        description="份额截止时刻；按秒数约定的在公布承诺书时确定", examples=["2026-11-24T10:30:00+08:00"]
    )
    reveal_seconds: int | None = Field(description="公布承诺书后多少秒截止", examples=[600])
    beacons: list[BeaconOut] = Field(description="公共随机源")
    documents: list[DocumentBriefOut] = Field(description="公开日志中本抽取的文档")
    result: ResultOut | None = Field(description="最近一版结果")
    void_request: VoidRequestOut | None = Field(description="作废申请")
    history: list[StepOut] = Field(description="全部步骤，先后为序")

    @classmethod
    def detailed(cls, view: DrawView) -> DrawDetailOut:
        plan, terms, request = view.draw.plan, view.terms, view.void_request
        members = _draw_members(view.draw) | {
            "note": view.draw.note,
            "parties": _parties(view),
            "min_shares": plan.min_shares,
            "reveal_deadline": terms.reveal_deadline if terms else plan.reveal_deadline,
            "reveal_seconds": plan.reveal_seconds,
            "beacons": _beacons(view),
            "documents": [DocumentBriefOut.of(entry) for entry in view.documents],
            "result": None if view.result is None else ResultOut.of(view.result),
            "history": [StepOut.of(entry) for entry in view.history],
            "void_request": None
            if request is None
            else VoidRequestOut(
                reason=request.reason, requested_by=request.requested_by, requested_at=request.requested_at
            ),
        }
        return cls(**members)


def _parties(view: DrawView) -> list[PartyOut]:
    handed = {hand.party for hand in view.hands}
    return [
        PartyOut(
            id=party.id,
            name=party.name,
            is_outside=party.is_outside,
            has_commit=party.id in handed,
            has_share=party.id in view.revealed,
        )
        for party in view.draw.plan.parties
    ]


def _beacons(view: DrawView) -> list[BeaconOut]:
    read = {found.beacon_id: found for found in view.provenances}
    times = {beacon.id: beacon.not_before for beacon in view.terms.beacons} if view.terms else {}
    return [
        BeaconOut(
            id=beacon.id,
            ref=beacon.ref,
            pattern=beacon.pattern,
            not_before=times.get(beacon.id, beacon.not_before),
            value=read[beacon.id].value if beacon.id in read else None,
            provenance=read[beacon.id].provenance if beacon.id in read else None,
        )
        for beacon in view.draw.plan.beacons
    ]


class StratumOut(Out):
    """一个分层。"""

    id: str = Field(description="分层编号（中性）", examples=["S1"])
    credit_class: str | None = Field(description="信用风险等级；excluded 层没有", examples=["A"])
    size: int = Field(description="对象数", examples=[1300])
    root: str = Field(
        description="默克尔根，十六进制", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    ppm: int | None = Field(description="抽取比例，百万分数", examples=[30000])
    expected: float | None = Field(description="平均抽取数", examples=[39.0])

    @classmethod
    def of(cls, view: StratumView) -> StratumOut:
        stratum = view.stratum
        return cls(
            id=stratum.id,
            credit_class=view.credit_class,
            size=stratum.size,
            root=stratum.root.hex(),
            ppm=view.ppm,
            expected=view.expected,
        )


class DepartmentRosterOut(Out):
    """一个部门的人员。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    on_roster: int = Field(description="在名录中的人员数（在岗）", examples=[40])
    certified: int = Field(description="其中证件有效期覆盖检查截止日的人员数", examples=[38])
    team_size: int = Field(description="每次检查的席位数", examples=[2])
    expected_slots: float = Field(description="平均需要的人次", examples=[78.0])
    by_status: dict[str, int] = Field(description="按状态的人员数", examples=[{"active": 40, "on_leave": 1}])

    @classmethod
    def of(cls, outlook: DepartmentOutlook, by_status: dict[str, int]) -> DepartmentRosterOut:
        return cls(
            department=outlook.department,
            on_roster=outlook.on_roster,
            certified=outlook.certified,
            team_size=outlook.team_size,
            expected_slots=outlook.expected_slots,
            by_status=by_status,
        )


class HintOut(Out):
    """预计会出现的缺口。"""

    code: str = Field(description="代码", examples=["too_few_in_region"])
    department: str = Field(description="部门代码", examples=["scjg"])
    region: str | None = Field(description="区域代码", examples=["410308005"])
    text: str = Field(description="说明", examples=["分层 A 的对象较少，建议合并"])

    @classmethod
    def of(cls, hint: Hint) -> HintOut:
        return cls(code=hint.code, department=hint.department, region=hint.region, text=hint.text)


class PoolOut(Out):
    """冻结的抽取名册：公布承诺书之前可看的数目。"""

    draw_id: UUID = Field(description="抽取编号")
    task_id: UUID = Field(description="抽查任务编号")
    stage: str = Field(description="阶段", examples=["FROZEN"])
    library_id: UUID = Field(description="名录库编号")
    library_version: int = Field(description="名录库版本", examples=[1])
    window_end: date = Field(description="检查时段的最后一天", examples=["2026-12-31"])
    feed: dict[str, object] = Field(description="快照的头：冻结时名录库所处的位置", examples=[{"registry": 1207}])
    snapshot_sha256: str = Field(
        description="快照摘要，十六进制", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    strata: list[StratumOut] = Field(description="分层")
    excluded_by_ground: dict[str, int] = Field(description="因故不抽的对象数，按原因", examples=[{"status_revoked": 3}])
    expected_visits: float = Field(description="平均检查次数", examples=[39.0])
    departments: list[DepartmentRosterOut] = Field(description="各部门人员")
    recusals: int = Field(description="适用的回避对数", examples=[1])
    recusals_by_why: dict[str, int] = Field(
        description="按缘由的对数：declared 登记的回避，repeated 上一次去过或年内已去两次", examples=[{"declared": 1}]
    )
    hints: list[HintOut] = Field(description="预计的缺口")

    @classmethod
    def of(cls, view: PoolView) -> PoolOut:
        task, outlook = view.pool.task, view.outlook
        people = [DepartmentRosterOut.of(part, view.statuses.get(part.department, {})) for part in outlook.departments]
        return cls(
            draw_id=view.draw.id,
            task_id=view.draw.task_id,
            stage=view.draw.stage.value,
            library_id=task.library_id,
            library_version=task.library_version,
            window_end=task.window_end,
            feed=view.pool.feed,
            snapshot_sha256=view.pool.snapshot_digest.hex(),
            strata=[StratumOut.of(stratum) for stratum in view.strata],
            excluded_by_ground=view.grounds,
            expected_visits=outlook.expected_visits,
            departments=people,
            recusals=sum(view.recusals.values()),
            recusals_by_why=view.recusals,
            hints=[HintOut.of(hint) for hint in outlook.hints],
        )
