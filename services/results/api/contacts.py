"""The ledger of contacts over HTTP (涉企接触台账, B17)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.results.api.cursors import after_due_and_id
from services.results.api.inspection_bodies import Short
from services.results.api.shown import here
from services.results.domain.contacts import Contact, ContactCounts, ContactFilter, ContactKind, Level
from services.results.usecases.contacts import RecordContact, contact_counts, page_of_contacts, record_contact
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, next_cursor
from shared.values.text import clean

router = APIRouter(prefix="/v1", tags=["涉企接触台账"])
_KINDS = (
    "inspection 行政检查（本平台录入的自动计入，只登记上级部门的），guidance 行政指导，research 调研走访，"
    "training 培训会议，third_party 第三方机构上门，materials 要求报送材料，other 其他"
)


_WINDOWS = {"day": "当日", "week": "近 7 日", "month": "近 30 日"}


class ContactIn(In):
    """登记一次与企业的接触，不论是否执法。"""

    entity_id: UUID = Field(description="检查对象编号")
    kind: ContactKind = Field(description=_KINDS, examples=["guidance"])
    level: Level = Field(
        Level.DISTRICT, description="district 区，city 市，province 省，nation 国家", examples=["district"]
    )
    on_site: bool = Field(True, description="是否上门", examples=[True])
    happened_on: date = Field(description="日期", examples=["2026-03-09"])
    people: int = Field(1, description="来的人数", ge=1, le=200, examples=[2])
    purpose: Short = Field(description="事由", examples=["安全生产指导服务"])
    third_party: str = Field("", description="第三方机构名称", max_length=200, examples=[""])

    def command(self) -> RecordContact:
        return RecordContact(
            self.entity_id,
            self.kind,
            self.level,
            self.on_site,
            self.happened_on,
            self.people,
            clean(self.purpose),
            clean(self.third_party),
        )


class ContactOut(Out):
    """一次接触。"""

    contact_id: UUID = Field(description="编号")
    entity_id: UUID = Field(description="检查对象编号")
    department: str = Field(description="登记部门代码", examples=["SCJG"])
    kind: str = Field(description=_KINDS, examples=["guidance"])
    kind_text: str = Field(description="种类名称", examples=["行政指导"])
    level: str = Field(description="district 区，city 市，province 省，nation 国家", examples=["district"])
    on_site: bool = Field(description="是否上门", examples=[True])
    is_enforcement: bool = Field(description="是否执法检查", examples=[False])
    happened_on: date = Field(description="日期")
    people: int = Field(description="来的人数", examples=[2])
    purpose: str = Field(description="事由；检查为任务编号", examples=["安全生产指导服务"])
    third_party: str = Field(description="第三方机构", examples=["洛阳某某安全技术服务公司"])
    visit_id: UUID | None = Field(description="检查编号（检查的）")
    recorded_at: datetime = Field(description="登记时间")

    @classmethod
    def of(cls, contact: Contact) -> ContactOut:
        return cls(
            contact_id=contact.id,
            entity_id=contact.entity_id,
            department=contact.department,
            kind=contact.kind.value,
            kind_text=contact.kind.chinese,
            level=contact.level.value,
            on_site=contact.on_site,
            is_enforcement=contact.is_enforcement,
            happened_on=contact.happened_on,
            people=contact.people,
            purpose=contact.purpose,
            third_party=contact.third_party,
            visit_id=contact.visit_id,
            recorded_at=here(contact.recorded_at),
        )


class DepartmentContactsOut(Out):
    """一个部门当年的接触次数。"""

    department: str = Field(description="部门代码", examples=["SCJG"])
    contacts: int = Field(description="次数", examples=[2])


class ContactCountsOut(Out):
    """一户企业截至某日的接触次数，供检查频次上限和预警使用；联合检查计一次。"""

    entity_id: UUID = Field(description="检查对象编号")
    on: date = Field(description="截至（含当日）")
    day: int = Field(description="当日", examples=[1])
    week: int = Field(description="近 7 日", examples=[1])
    month: int = Field(description="近 30 日", examples=[2])
    year: int = Field(description="当年", examples=[4])
    enforcement_day: int = Field(description="当日执法检查", examples=[1])
    enforcement_week: int = Field(description="近 7 日执法检查", examples=[1])
    enforcement_month: int = Field(description="近 30 日执法检查", examples=[2])
    enforcement_year: int = Field(description="当年执法检查", examples=[2])
    on_site_year: int = Field(description="当年上门", examples=[3])
    warnings: list[str] = Field(
        description="检查过密的预警：当日多于 1 次、近 7 日多于 2 次、近 30 日多于 3 次",
        examples=[["当日执法检查 2 次"]],
    )
    departments: list[DepartmentContactsOut] = Field(description="当年各部门的次数")

    @classmethod
    def of(cls, entity_id: UUID, counts: ContactCounts) -> ContactCountsOut:
        per_department = [DepartmentContactsOut(department=name, contacts=n) for name, n in counts.per_department]
        return cls(
            entity_id=entity_id,
            on=counts.on,
            day=counts.day,
            week=counts.week,
            month=counts.month,
            year=counts.year,
            enforcement_day=counts.enforcement_day,
            enforcement_week=counts.enforcement_week,
            enforcement_month=counts.enforcement_month,
            enforcement_year=counts.enforcement_year,
            on_site_year=counts.on_site_year,
            warnings=[
                f"{_WINDOWS[window]}执法检查 {getattr(counts, f'enforcement_{window}')} 次" for window in counts.dense
            ],
            departments=per_department,
        )


@router.post(
    "/contacts",
    status_code=201,
    response_model=ContactOut,
    summary="登记接触",
    description="不论是否执法、是否上门、是否第三方机构，凡与企业接触都登记；本平台录入的检查在提交时自动计入。",
)
async def create_contact(body: ContactIn, act: CurrentAct) -> Response:
    return await act.run(record_contact, body.command(), shows=ContactOut.of, status=201)


@router.get(
    "/contacts",
    response_model=Page[ContactOut],
    summary="涉企接触台账",
    description="全区各部门的接触，新的在前；可按企业、部门、种类、日期和事由检索。",
)
async def list_contacts(
    work: Reading,
    paging: Paging,
    entity: Annotated[UUID | None, Query(description="检查对象编号")] = None,
    department: Annotated[str | None, Query(description="部门代码", examples=["SCJG"])] = None,
    kind: Annotated[ContactKind | None, Query(description="种类")] = None,
    enforcement: Annotated[bool | None, Query(description="只看执法检查的，或只看其他的")] = None,
    since: Annotated[date | None, Query(description="从这一天起")] = None,
    until: Annotated[date | None, Query(description="到这一天止")] = None,
    q: Annotated[str | None, Query(description="事由或第三方机构包含的文字", max_length=100)] = None,
) -> Page[ContactOut]:
    wanted = ContactFilter(
        entity, department, None if kind is None else kind.value, enforcement, since, until, clean(q) if q else None
    )
    found = await page_of_contacts(wanted, work, paging.size + 1, after_due_and_id(paging))
    shown = found[: paging.size]
    more = next_cursor([shown[-1].happened_on, shown[-1].id]) if len(found) > paging.size else None
    return Page[ContactOut](items=[ContactOut.of(one) for one in shown], next=more)


@router.get(
    "/entities/{entity_id}/contact-counts",
    response_model=ContactCountsOut,
    summary="接触次数",
    description="一户企业截至某日的接触次数（当日、近 7 日、近 30 日、当年），供频次上限和预警使用。",
)
async def get_contact_counts(
    entity_id: UUID, work: Reading, on: Annotated[date | None, Query(description="截至哪一天；默认今天")] = None
) -> ContactCountsOut:
    return ContactCountsOut.of(entity_id, await contact_counts(entity_id, on, work))
