"""The joint item list and the deadlines of lists over HTTP (I5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.words import Code, Line
from services.planning.domain.joint_lists import JointEntry, JointList, ListDeadline, ListedEntry
from services.planning.usecases.publish_joint_list import PublishJointList, list_deadlines, publish_joint_list
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out

router = APIRouter(prefix="/v1", tags=["抽查事项清单"])
Year = Annotated[int, Query(description="年度", ge=2000, le=2100)]
_EXAMPLE: JsonDict = {
    "year": 2026,
    "entries": [
        {
            "title": "餐饮服务单位联合抽查",
            "initiator": "scjg",
            "item_ids": ["019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-000000000002"],
        }
    ],
}


class JointEntryIn(In):
    """一个联合抽查事项。"""

    title: Line = Field(description="抽查领域或任务", examples=["餐饮服务单位联合抽查"])
    initiator: Code = Field(description="发起部门代码", examples=["scjg"])
    item_ids: list[UUID] = Field(description="各部门的抽查事项，须在现行公布的清单中", min_length=1, max_length=200)


class JointListIn(In):
    """一个年度的部门联合抽查事项清单。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    year: int = Field(description="年度", ge=2000, le=2100, examples=[2026])
    entries: list[JointEntryIn] = Field(description="联合抽查事项", max_length=500)

    def command(self) -> PublishJointList:
        entries = tuple(JointEntry(one.title, one.initiator, tuple(one.item_ids)) for one in self.entries)
        return PublishJointList(self.year, entries)


class JointDepartmentOut(Out):
    """一个部门在联合抽查中的事项。"""

    department: str = Field(description="部门代码", examples=["scjg"])
    codes: list[str] = Field(description="事项编码", examples=[["scjg-001"]])


class JointEntryOut(Out):
    """一个联合抽查事项。"""

    title: str = Field(description="抽查领域或任务", examples=["餐饮服务单位联合抽查"])
    initiator: str = Field(description="发起部门代码", examples=["scjg"])
    departments: list[JointDepartmentOut] = Field(description="各部门，发起部门在前")
    item_ids: list[UUID] = Field(description="各部门的抽查事项")

    @classmethod
    def of(cls, one: ListedEntry) -> JointEntryOut:
        parts = [JointDepartmentOut(department=part.department, codes=list(part.codes)) for part in one.parts]
        entry = one.entry
        return cls(title=entry.title, initiator=entry.initiator, departments=parts, item_ids=list(entry.item_ids))


class JointListOut(Out):
    """部门联合抽查事项清单的一版。"""

    joint_list_id: UUID = Field(description="清单编号")
    year: int = Field(description="年度", examples=[2026])
    version: int = Field(description="版次，最新的一版现行有效", examples=[1])
    entries: list[JointEntryOut] = Field(description="联合抽查事项")
    published_at: datetime = Field(description="公布时间")

    @classmethod
    def of(cls, joint: JointList) -> JointListOut:
        return cls(
            joint_list_id=joint.id,
            year=joint.year,
            version=joint.version,
            entries=[JointEntryOut.of(one) for one in joint.entries],
            published_at=joint.published_at,
        )


class ListDeadlineOut(Out):
    """一份清单的期限和完成情况。"""

    code: str = Field(description="事项：department_list、joint_list", examples=["department_list"])
    name: str = Field(description="名称", examples=["部门抽查事项清单"])
    year: int = Field(description="清单的年度", examples=[2026])
    department: str | None = Field(description="部门代码；联合清单为空", examples=["scjg"])
    due_on: date = Field(description="期限（含当日）")
    done_on: date | None = Field(description="首次公布日期；尚未公布为空")
    overdue: bool = Field(description="是否逾期（未公布或晚于期限公布）")

    @classmethod
    def of(cls, one: ListDeadline, today: date) -> ListDeadlineOut:
        return cls(
            code=one.code,
            name=one.name,
            year=one.year,
            department=one.department,
            due_on=one.due_on,
            done_on=one.done_on,
            overdue=one.is_overdue(today),
        )


@router.post(
    "/joint-item-lists",
    status_code=201,
    response_model=JointListOut,
    summary="公布部门联合抽查事项清单",
    description="由联席会议办公室从各部门现行清单制定，每个联合抽查事项至少两个部门；再次公布即为新的一版。",
)
async def create_joint_item_list(body: JointListIn, act: CurrentAct) -> Response:
    return await act.run(publish_joint_list, body.command(), shows=JointListOut.of, status=201)


@router.get(
    "/joint-item-lists",
    response_model=list[JointListOut],
    summary="部门联合抽查事项清单",
    description="一个年度的各版，现行的在前。",
)
async def list_joint_item_lists(work: Reading, year: Year) -> list[JointListOut]:
    async with work:
        return [JointListOut.of(one) for one in await work.joint_lists.versions(year)]


@router.get(
    "/list-deadlines",
    response_model=list[ListDeadlineOut],
    summary="清单期限",
    description="各部门清单应在上一年 12 月 31 日前、部门联合清单应在当年 3 月 31 日前公布；列出期限和完成情况。",
)
async def list_item_list_deadlines(work: Reading, year: Year) -> list[ListDeadlineOut]:
    found = await list_deadlines(year, work)
    return [ListDeadlineOut.of(one, work.today) for one in found]
