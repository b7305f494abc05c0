"""Request bodies of results."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue, StringConstraints

from services.results.api.inspection_bodies import DiscretionIn, OfflineIn, RemoteIn, ThirdPartyIn
from services.results.domain.content import Content, Finding, ItemResult, ListingDecision, Outcome, Reference
from services.results.domain.corrections import Change
from services.results.domain.offline import OfflineStamp
from shared.runtime.http import In
from shared.values.text import clean

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ITEM = "01890a5d-ac96-774b-bcce-b302099a8057"
OFFICERS = ["01890a5d-ac96-774b-bcce-b302099a8101", "01890a5d-ac96-774b-bcce-b302099a8102"]


class FindingIn(In):
    """一个发现的问题。"""

    outcome_code: Short = Field(description="所属的检查结果代码，须是本事项已选的“发现问题”一类", examples=["B"])
    text: Text = Field(description="问题描述（不公开）", examples=["营业执照未在经营场所醒目位置公示"])
    severity: int = Field(description="严重程度，1（轻微）至 5（严重）", ge=1, le=5, examples=[2])
    discretion: DiscretionIn | None = Field(
        None, description="选择的裁量情节及理由；可能适用轻微免罚、首违不罚的，提交前必须选择"
    )

    def value(self) -> Finding:
        chosen = None if self.discretion is None else self.discretion.value()
        return Finding(self.outcome_code, clean(self.text), self.severity, chosen)


class ItemIn(In):
    """一个抽查事项的检查结果。没有填写即为没有结果，不会默认为正常。"""

    item_id: UUID = Field(description="事项编号", examples=[ITEM])
    item_name: str = Field(
        "",
        description="事项名称；检查表有这个事项的，以检查表为准，可以不填",
        max_length=200,
        examples=["营业执照（登记证）规范使用情况的检查"],
    )
    outcome_codes: list[Short] = Field(
        default_factory=list, description="检查结果代码，可多选，取自检查结果代码表", max_length=20, examples=[["B"]]
    )
    findings: list[FindingIn] = Field(default_factory=list, description="发现的问题", max_length=100)

    def value(self) -> ItemResult:
        # A code chosen twice is chosen once.
        codes = tuple(dict.fromkeys(self.outcome_codes))
        return ItemResult(self.item_id, clean(self.item_name), codes, tuple(one.value() for one in self.findings))


class ReferenceIn(In):
    """所依据的其他部门结论、司法文书或专家意见。"""

    issuer: Short = Field(description="出具单位", examples=["孟津区消防救援大队"])
    title: Short = Field(description="文书名称", examples=["消防监督检查记录"])
    document_no: Short = Field(description="文号", examples=["孟消检字〔2026〕第12号"])
    dated_on: date = Field(description="文书日期", examples=["2026-03-02"])

    def value(self) -> Reference:
        return Reference(clean(self.issuer), clean(self.title), clean(self.document_no), self.dated_on)


class ListingIn(In):
    """附在检查结果中的列入名单决定，须经法制审核，公示后生效。"""

    list_code: Short = Field(description="名单代码", examples=["abnormal_operations"])
    ground: Text = Field(description="列入事由", examples=["通过登记的住所或者经营场所无法联系"])
    document_no: Short = Field(description="决定文号", examples=["孟市监列〔2026〕3号"])
    authority: Short = Field(description="作出决定的机关", examples=["孟津区市场监督管理局"])
    decided_on: date = Field(description="决定日期", examples=["2026-03-10"])
    ends_on: date | None = Field(None, description="列入期限截止日期；为空表示至移出为止", examples=["2029-03-10"])

    def value(self) -> ListingDecision:
        texts = (clean(self.ground), clean(self.document_no), clean(self.authority))
        return ListingDecision(self.list_code, *texts, self.decided_on, self.ends_on)


RECORD_EXAMPLE: dict[str, JsonValue] = {
    "method": "on_site",
    "place": "孟津区会盟大道 18 号",
    "started_at": "2026-03-09T09:30:00+08:00",
    "ended_at": "2026-03-09T10:40:00+08:00",
    "concluded_on": "2026-03-09",
    "officers_present": list(OFFICERS),
    "outcome": "done",
    "items": [
        {
            "item_id": ITEM,
            "item_name": "营业执照（登记证）规范使用情况的检查",
            "outcome_codes": ["B"],
            "findings": [{"outcome_code": "B", "text": "营业执照未在经营场所醒目位置公示", "severity": 2}],
        }
    ],
}


class RecordIn(In):
    """本部门对一次检查的记录；未填完的可以先保存。"""

    model_config = ConfigDict(json_schema_extra={"examples": [RECORD_EXAMPLE]})

    method: Short = Field(description="检查方式代码", examples=["on_site"])
    place: str = Field("", description="检查地点；实地核查必填", max_length=200, examples=["孟津区会盟大道 18 号"])
    started_at: AwareDatetime = Field(
        description="开始时间；实地核查为到达时间", examples=["2026-03-09T09:30:00+08:00"]
    )
    ended_at: AwareDatetime | None = Field(
        None, description="结束时间；实地核查为离开时间", examples=["2026-03-09T10:40:00+08:00"]
    )
    concluded_on: date | None = Field(
        None,
        description="结果形成日期，公示期限的第 0 日：检查人员签齐之日；为空的以在线签名签齐之日为准",
        examples=["2026-03-09"],
    )
    officers_present: list[UUID] = Field(
        description="在场的本部门检查人员，至少两人，含录入人", max_length=20, examples=[OFFICERS]
    )
    outcome: Literal["done", "remote", "closed", "moved", "not_found"] = Field(
        description="检查情况：done 已实施检查，remote 以数据比对和企业改正代替上门（非现场完成），closed 已关闭停业，"
        "moved 已迁出，not_found 无法联系",
        examples=["done"],
    )
    note: str = Field("", description="情况说明；未能实施检查时必填", max_length=2000, examples=[""])
    items: list[ItemIn] = Field(default_factory=list, description="各事项的结果", max_length=500)
    references: list[ReferenceIn] = Field(default_factory=list, description="所依据的其他结论", max_length=50)
    listing: ListingIn | None = Field(None, description="列入名单的决定（如有）")
    remote: RemoteIn | None = Field(None, description="数据比对、改正、复核的经过；检查情况为 remote 时必填")
    third_parties: list[ThirdPartyIn] = Field(default_factory=list, description="受委托的专业机构", max_length=20)

    def value(self) -> Content:
        return Content(
            method=self.method,
            place=clean(self.place),
            started_at=self.started_at,
            ended_at=self.ended_at,
            concluded_on=self.concluded_on,
            officers_present=tuple(dict.fromkeys(self.officers_present)),
            outcome=Outcome(self.outcome),
            note=clean(self.note),
            items=tuple(item.value() for item in self.items),
            references=tuple(reference.value() for reference in self.references),
            listing=None if self.listing is None else self.listing.value(),
            remote=None if self.remote is None else self.remote.value(),
            third_parties=tuple(party.value() for party in self.third_parties),
        )


class NewRecordIn(RecordIn):
    """本部门对一次检查的第一次记录；离线录好的带上终端的标记。"""

    offline: OfflineIn | None = Field(None, description="离线录入的标记")

    def stamp(self) -> OfflineStamp | None:
        return None if self.offline is None else self.offline.value()


class ReviewIn(In):
    """审核结论。"""

    decision: Literal["approved", "returned"] = Field(
        description="approved 审核通过，returned 退回修改", examples=["approved"]
    )
    opinion: str = Field("", description="审核意见；退回时必填", max_length=2000, examples=["事实清楚，同意公示"])


CORRECTION_EXAMPLE: dict[str, JsonValue] = {"reason": "复核查明企业已在检查前变更住所", "listing": None}


class CorrectionIn(In):
    """更正公示结果。没有出现的字段不变；`listing` 为 null 表示去掉列入决定。"""

    model_config = ConfigDict(json_schema_extra={"examples": [CORRECTION_EXAMPLE]})

    reason: Text = Field(description="更正理由（公开）", examples=["复核查明企业已在检查前变更住所"])
    items: list[ItemIn] | None = Field(None, description="更正后的全部事项结果", max_length=500)
    listing: ListingIn | None = Field(None, description="更正后的列入决定；null 表示去掉")

    def change(self) -> Change:
        return Change(
            items=None if self.items is None else tuple(item.value() for item in self.items),
            touches_listing="listing" in self.model_fields_set,
            listing=None if self.listing is None else self.listing.value(),
        )


class WithdrawalIn(In):
    """撤回公示结果。"""

    reason: Text = Field(description="撤回理由（公开）", examples=["检查对象认定错误"])
