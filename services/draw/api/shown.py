"""Response bodies of draws."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.draw.domain.ceremony import STAGE_LABELS, Ceremony, HistoryEntry
from services.draw.domain.published import LogEntry, StoredResult
from services.draw.usecases.reading import DrawView
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
