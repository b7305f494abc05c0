"""Request bodies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from services.draw.domain.ceremony_plan import CeremonyPlan, PlannedBeacon, PlannedParty
from services.draw.domain.freezing import NO_CAP
from services.draw.domain.protocol_time import protocol_time
from services.draw.domain.substitution_request import Reason
from services.draw.usecases.freeze_pool import FreezePool
from services.draw.usecases.list_no_disturb import EnterNoDisturb
from services.draw.usecases.request_substitution import RequestSubstitution
from services.draw.usecases.reveal_beacon import ReadValue
from shared.runtime.http import In
from shared.values.text import clean

_ID = r'^[^\x00-\x20\x7f/,|"\\]{1,64}$'
_HEX = r"^[0-9a-f]{64}$"
PartyId = Annotated[str, Field(description="见证方编号", pattern=_ID, examples=["公证处"])]


class PartyIn(In):
    """一个见证方。"""

    id: PartyId
    name: str = Field(description="见证方名称", min_length=2, max_length=100, examples=["孟津区公证处"])
    is_outside: bool = Field(False, description="是否在承办单位以外（至少一个）", examples=[True])

    def value(self) -> PlannedParty:
        return PlannedParty(clean(self.id), clean(self.name), self.is_outside)


class BeaconIn(In):
    """一个公共随机源；产生时刻写明 `not_before`，或用 `after_seconds` 从份额截止起算。"""

    id: str = Field(description="编号", pattern=_ID, examples=["福彩快乐8"])
    ref: str = Field(description="来源与期号", min_length=2, max_length=500, examples=["中国福利彩票快乐8 第2026310期"])
    pattern: str = Field(
        description="取值格式（协议第4节）", min_length=1, max_length=200, examples=["[0-9][0-9](,[0-9][0-9]){19}"]
    )
    not_before: AwareDatetime | None = Field(None, description="最早产生时刻")
    after_seconds: int | None = Field(None, description="份额截止后多少秒产生", ge=1, le=86_400 * 30, examples=[60])

    def value(self) -> PlannedBeacon:
        return PlannedBeacon(
            id=clean(self.id),
            ref=clean(self.ref),
            pattern=self.pattern,
            not_before=_time(self.not_before),
            after_seconds=self.after_seconds,
        )


class PoolIn(In):
    """冻结一个抽查任务的名册，并约定抽取仪式。份额截止写明时刻，或从公布承诺书起算的秒数。"""

    task_id: UUID = Field(description="抽查任务编号")
    parties: list[PartyIn] = Field(description="见证方，至少两个", max_length=20)
    min_shares: int = Field(description="最少份额数", ge=2, examples=[2])
    reveal_deadline: AwareDatetime | None = Field(None, description="份额截止时刻")
    reveal_seconds: int | None = Field(
        None, description="公布承诺书后多少秒截止", ge=1, le=86_400 * 30, examples=[3600]
    )
    beacons: list[BeaconIn] = Field(default_factory=list, description="公共随机源；没有时须收齐全部份额", max_length=10)
    no_beacon_profile: bool = Field(False, description="没有公共随机源时须为 true，以示明知")
    suite: Literal["SHA-256", "SM3"] = Field("SHA-256", description="密码杂凑套件", examples=["SM3"])
    visit_cap: int = Field(
        NO_CAP,
        description="每名人员在此次抽取中的任务上限；本人每月检查次数上限乘以检查期限的月数更低的，从其低",
        ge=1,
        le=NO_CAP,
        examples=[30],
    )
    note: str = Field("", description="写入承诺书的附言", max_length=500)
    recognised_days: int = Field(
        0, description="冻结前多少天内各参加部门均有公示结果的对象予以互认，不再抽取；0 表示不互认", ge=0, le=366
    )

    def command(self) -> FreezePool:
        plan = CeremonyPlan(
            parties=tuple(party.value() for party in self.parties),
            min_shares=self.min_shares,
            beacons=tuple(beacon.value() for beacon in self.beacons),
            has_no_beacon_profile=self.no_beacon_profile,
            reveal_deadline=_time(self.reveal_deadline),
            reveal_seconds=self.reveal_seconds,
        )
        return FreezePool(self.task_id, plan, self.suite, self.visit_cap, clean(self.note), self.recognised_days)


class ReasonIn(In):
    """事由。"""

    reason: str = Field(description="事由，将随之公开", min_length=2, max_length=500, examples=["见证方未到场"])

    def text(self) -> str:
        return clean(self.reason)


class ObjectionIn(In):
    """一个见证方对此次抽取的异议。"""

    party: PartyId
    text: str = Field(
        description="异议，本地区可见", min_length=2, max_length=500, examples=["名册缺少 3 月以后登记的餐饮单位"]
    )


class AnswerIn(In):
    """对异议的答复。"""

    text: str = Field(
        description="答复，本地区可见", min_length=2, max_length=500, examples=["已核对，名录库条件限于上年底前登记"]
    )


class CommitIn(In):
    """一个见证方的份额承诺：T("ssj1/share", 抽取编号, 见证方编号, 份额)，由见证方自行计算。"""

    party: PartyId
    commit: str = Field(description="承诺，64 位小写十六进制", pattern=_HEX, examples=["ab" * 32])


class ShareIn(In):
    """一个见证方的份额：32 字节。"""

    party: PartyId
    value: str = Field(description="份额，64 位小写十六进制", pattern=_HEX, examples=["cd" * 32])


class BeaconValueIn(In):
    """一个公共随机源的取值与出处。"""

    id: str = Field(description="编号", pattern=_ID, examples=["福彩快乐8"])
    value: str = Field(description="取值，原文照录", max_length=2000, examples=["03,07,11"])
    provenance: str = Field(
        description="出处：网页、公报或文件及读取时间",
        min_length=2,
        max_length=500,
        examples=["中国福彩网 2026-11-20 21:35"],
    )

    def read(self) -> ReadValue:
        return ReadValue(self.id, self.value, clean(self.provenance))


class BeaconValuesIn(In):
    """全部公共随机源的取值：逐个录入，或取自随机源文件夹。"""

    values: list[BeaconValueIn] = Field(
        default_factory=list, description="取值，须与承诺书所列一一对应；取自文件的不填", max_length=10
    )
    from_files: bool = Field(
        False, description="是否取自随机源文件夹：按承诺书所写的来源与期号对应文件，出处自动记录", examples=[False]
    )

    @model_validator(mode="after")
    def _either(self) -> BeaconValuesIn:
        if self.from_files and self.values:
            raise ValueError("取自随机源文件夹的，不能同时录入取值")
        return self

    def read(self) -> tuple[ReadValue, ...] | None:
        return None if self.from_files else tuple(value.read() for value in self.values)


class DisclosureIn(In):
    """披露。抽中和递补的对象到公开时点一律披露。"""

    with_inspectors: bool = Field(
        False, description="是否一并披露已公开对象的检查组人员（依法可以公开时）", examples=[False]
    )


class SubstitutionIn(In):
    """申请递补一次检查的对象，或其检查组的一名人员。"""

    reason_code: Reason = Field(
        description="事由：object_closed 停业或注销，object_moved 迁出，object_not_found 无法联系，"
        "object_duplicate 重复登记；inspector_recused 依法回避，inspector_certificate 证件失效，"
        "inspector_transferred 调离，inspector_on_leave 休假或因病，inspector_declined 推辞",
        examples=["object_not_found"],
    )
    reason: str = Field(
        description="说明。对象的说明随递补公开；人员的说明不公开，只公开事由名称",
        min_length=2,
        max_length=300,
        examples=["登记住所无人，电话停机"],
    )
    evidence: str = Field(
        description="佐证（不公开）：照片编号、登记信息摘录等", min_length=2, max_length=1000, examples=["照片 A-0317"]
    )
    inspector_id: UUID | None = Field(None, description="只有这名人员不能参加；空表示对象需要递补")

    def command(self, visit_id: UUID) -> RequestSubstitution:
        return RequestSubstitution(
            visit_id=visit_id,
            reason_code=self.reason_code,
            reason=clean(self.reason),
            evidence=clean(self.evidence),
            inspector_id=self.inspector_id,
        )


class EvidenceIn(In):
    """第二人的佐证。"""

    evidence: str = Field(
        description="佐证（不公开）", min_length=2, max_length=1000, examples=["现场照片 B-0102，登记机关查询结果"]
    )


class OpinionIn(In):
    """驳回的意见。"""

    opinion: str = Field(description="意见", min_length=2, max_length=500, examples=["证据不足，请补充现场照片"])


class NoDisturbIn(In):
    """列入不打扰名单。期满自动退出。"""

    entity_id: UUID = Field(description="检查对象编号")
    ground: str = Field(
        description="依据", min_length=2, max_length=300, examples=["重大项目建设期，区政府〔2026〕3号"]
    )
    from_on: date = Field(description="起始之日", examples=["2026-12-01"])
    until_on: date = Field(description="最后一日，距起始之日不超过 366 天", examples=["2027-05-31"])

    def command(self) -> EnterNoDisturb:
        return EnterNoDisturb(self.entity_id, clean(self.ground), self.from_on, self.until_on)


class RecusalIn(In):
    """登记一项回避。事由不公开。"""

    inspector_id: UUID = Field(description="执法检查人员编号")
    entity_id: UUID = Field(description="检查对象编号")
    ground: str = Field(description="事由（不公开）", min_length=2, max_length=500, examples=["近亲属任职"])


def _time(at: datetime | None) -> str | None:
    return None if at is None else protocol_time(at)
