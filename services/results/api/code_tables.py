"""The district's own code tables over HTTP (本区代码表)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field, JsonValue

from services.results.api.bodies import Short
from services.results.domain.code_tables import TableVersion
from services.results.domain.vocabulary import Code, Vocabulary
from services.results.usecases.code_tables import SetTable, set_table, table_today
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out
from shared.values.text import clean

router = APIRouter(prefix="/v1/code-tables", tags=["代码表"])
Name = Annotated[
    str,
    Path(
        description="代码表：exemption_ground 免予公示事由，follow_up 后续处置，follow_up_outcome 后续处置结果，"
        "major_decision 重大决定，term 时限与提醒，discretion 裁量情节；outcome、method、listing 由上级规定",
        max_length=50,
        examples=["follow_up"],
    ),
]
TABLE_EXAMPLE: dict[str, JsonValue] = {
    "source": "孟双随机办〔2026〕6号",
    "effective_on": "2027-01-01",
    "codes": [
        {"code": "rectification", "text": "责令改正", "kind": "own", "days": 20},
        {"code": "transfer", "text": "移送其他部门", "kind": "department", "days": 10},
    ],
}


class TableRowIn(In):
    """代码表的一行。"""

    code: Short = Field(description="代码；按严重程度的重大决定写起始级别 1–5", examples=["rectification"])
    text: Short = Field(description="名称", examples=["责令改正"])
    kind: Short = Field(
        description="种类。follow_up：own 本部门办理，department 其他部门办理，receiver 移送其他机关；"
        "follow_up_outcome：settled 已解决，unsettled 未解决；"
        "major_decision：list 名单，outcome 检查结果，severity 严重程度；"
        "term：working_days 工作日，calendar_days 自然日，warning 提前几个工作日提醒；exemption_ground：exemption；"
        "discretion：exempt 轻微免罚，first 首违不罚，proved 须当事人举证，lighter 从轻减轻，"
        "ordinary 一般，heavier 从重",
        examples=["own"],
    )
    parent: str | None = Field(None, description="所属的处置种类（仅 follow_up_outcome）", examples=["rectification"])
    days: int | None = Field(
        None, description="天数（后续处置期限、时限、提前提醒、首违的回看期）", ge=0, le=3660, examples=[30]
    )
    basis: str = Field("", description="依据的条款（discretion 必填）", max_length=200, examples=[""])
    max_severity: int | None = Field(
        None, description="适用到哪一级严重程度（discretion 的 exempt、first 必填）", ge=1, le=5, examples=[2]
    )

    def value(self) -> Code:
        return Code(
            self.code,
            clean(self.text),
            self.parent,
            self.kind,
            days=self.days,
            basis=clean(self.basis),
            max_severity=self.max_severity,
        )


class TableIn(In):
    """代码表的新版本。"""

    model_config = ConfigDict(json_schema_extra={"examples": [TABLE_EXAMPLE]})

    source: Short = Field(description="依据（文号）", examples=["孟双随机办〔2026〕6号"])
    effective_on: date = Field(description="启用日期，不早于今天", examples=["2027-01-01"])
    codes: list[TableRowIn] = Field(description="全部代码，按显示顺序", min_length=1, max_length=200)

    def command(self, name: str) -> SetTable:
        return SetTable(name, clean(self.source), self.effective_on, tuple(row.value() for row in self.codes))


class TableRowOut(Out):
    """代码表的一行。"""

    code: str = Field(description="代码", examples=["rectification"])
    text: str = Field(description="名称", examples=["责令改正"])
    kind: str = Field(description="种类", examples=["own"])
    parent: str | None = Field(description="上级代码", examples=["rectification"])
    days: int | None = Field(description="天数", examples=[30])
    basis: str = Field(description="依据的条款", examples=["行政处罚法（2021年修订）第三十三条第一款"])
    max_severity: int | None = Field(description="适用到哪一级严重程度", examples=[2])

    @classmethod
    def of(cls, row: Code) -> TableRowOut:
        return cls(
            code=row.code,
            text=row.text,
            kind=row.kind,
            parent=row.parent,
            days=row.days,
            basis=row.basis,
            max_severity=row.max_severity,
        )


class TableOut(Out):
    """代码表的一个版本。"""

    name: str = Field(description="代码表", examples=["follow_up"])
    title: str = Field(description="名称", examples=["后续处置"])
    version: int = Field(description="版本", examples=[1])
    effective_on: date = Field(description="启用日期", examples=["2020-01-01"])
    codes: list[TableRowOut] = Field(description="代码，按显示顺序")

    @classmethod
    def of(cls, table: Vocabulary) -> TableOut:
        rows = [TableRowOut.of(row) for row in table.codes.values()]
        return cls(
            name=table.name, title=table.title, version=table.version, effective_on=table.effective_on, codes=rows
        )

    @classmethod
    def of_version(cls, made: TableVersion) -> TableOut:
        rows = [TableRowOut.of(row) for row in made.codes]
        return cls(name=made.name, title=made.title, version=made.version, effective_on=made.effective_on, codes=rows)


@router.get(
    "/{name}",
    response_model=TableOut,
    summary="代码表",
    description="今天使用的版本：免予公示事由、后续处置及期限、处置结果、重大决定、时限与提醒、裁量情节等。",
)
async def get_code_table(name: Name, work: Reading) -> TableOut:
    return TableOut.of(await table_today(name, work))


@router.post(
    "/{name}/versions",
    status_code=201,
    response_model=TableOut,
    summary="设定代码表新版本",
    description="联席会议办公室设定本区代码表的新版本，到启用日期使用；以前的版本和按它办理的事项不变。",
)
async def create_code_table_version(name: Name, body: TableIn, act: CurrentAct) -> Response:
    return await act.run(set_table, body.command(name), shows=TableOut.of_version, status=201)
