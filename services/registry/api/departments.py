"""Departments over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from services.registry.domain.departments import Department, DepartmentUnknown
from services.registry.usecases.register_department import RegisterDepartment, register_department
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out, Page, Paging, etag, next_cursor

router = APIRouter(prefix="/v1/departments", tags=["部门"])


class DepartmentIn(In):
    """登记一个部门。"""

    code: str = Field(description="部门代码", pattern=r"^[A-Za-z0-9]{2,20}$", examples=["SCJG"])
    name: str = Field(description="部门全称", min_length=2, max_length=100, examples=["孟津区市场监督管理局"])
    short_name: str = Field(description="部门简称", min_length=2, max_length=30, examples=["区市场监管局"])
    uscc: str | None = Field(None, description="统一社会信用代码", examples=["11410308MB00000016"])


class DepartmentOut(Out):
    """一个部门。"""

    code: str = Field(description="部门代码", examples=["SCJG"])
    name: str = Field(description="部门全称", examples=["孟津区市场监督管理局"])
    short_name: str = Field(description="部门简称", examples=["区市场监管局"])
    uscc: str | None = Field(description="统一社会信用代码", examples=[None])
    version: int = Field(description="版本", examples=[1])

    @classmethod
    def of(cls, department: Department) -> DepartmentOut:
        return cls(
            code=department.code,
            name=department.name,
            short_name=department.short_name,
            uscc=department.uscc,
            version=department.version,
        )


@router.post(
    "", status_code=201, response_model=DepartmentOut, summary="登记部门", description="由联席会议办公室办理。"
)
async def create_department(body: DepartmentIn, act: CurrentAct) -> Response:
    return await act.run(
        register_department,
        RegisterDepartment(body.code, body.name, body.short_name, body.uscc),
        shows=DepartmentOut.of,
        status=201,
        headers=lambda made: {"ETag": etag(made.version), "Location": f"/v1/departments/{made.code}"},
    )


@router.get("", response_model=Page[DepartmentOut], summary="部门列表", description="按部门代码排列。")
async def list_departments(work: Reading, paging: Paging) -> Page[DepartmentOut]:
    async with work:
        rows = await work.departments.page(paging.size + 1, paging.after[0] if paging.after else None)
    shown = rows[: paging.size]
    more = next_cursor([shown[-1].code]) if len(rows) > paging.size else None
    return Page[DepartmentOut](items=[DepartmentOut.of(row) for row in shown], next=more)


@router.get("/{code}", response_model=DepartmentOut, summary="查询部门", description="按部门代码查询。")
async def get_department(
    code: Annotated[str, Path(description="部门代码", examples=["SCJG"])], work: Reading, response: Response
) -> DepartmentOut:
    async with work:
        found = await work.departments.find(code)
    if found is None:
        raise DepartmentUnknown(code=code)
    response.headers["ETag"] = etag(found.version)
    return DepartmentOut.of(found)
