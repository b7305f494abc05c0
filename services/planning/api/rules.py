"""The district's rules over HTTP."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.path_ids import RuleCodePath
from services.planning.api.words import Paragraph
from services.planning.domain.rules import RULE_NAMES, LimitFor, RuleValue, RuleVersion, rule_code
from services.planning.usecases.set_rule import SetRule, set_rule
from shared.runtime.app import CurrentAct, Reading
from shared.runtime.http import In, Out

router = APIRouter(prefix="/v1/rules", tags=["规则"])
_EXAMPLE: JsonDict = {
    "value": {"limit": 10, "exceptions": [{"key": "scjg", "limit": 15}]},
    "reason": "联席会议2026年第1次会议议定",
}


class LimitIn(In):
    """一个例外：对某个部门或信用风险等级的限值。"""

    key: str = Field(description="部门代码，或信用风险等级", min_length=1, max_length=40, examples=["scjg"])
    limit: int = Field(description="限值", ge=0, le=1_000_000, examples=[15])


class RuleValueIn(In):
    """规则的内容：一段文字，或一个限值及其例外。"""

    text: str | None = Field(None, description="文字（region_code 用）", max_length=40, examples=["410308"])
    limit: int | None = Field(None, description="限值", ge=0, le=1_000_000, examples=[10])
    exceptions: list[LimitIn] = Field(default_factory=list, description="例外", max_length=200)

    def value(self) -> RuleValue:
        exceptions = tuple(LimitFor(one.key, one.limit) for one in self.exceptions)
        return RuleValue(self.text, self.limit, exceptions)


class RuleVersionIn(In):
    """规则的一个新版本。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    value: RuleValueIn = Field(description="内容")
    effective_on: date | None = Field(None, description="生效日期；不填为当日")
    reason: Paragraph = Field(description="设定的依据或理由", examples=["联席会议2026年第1次会议议定"])


class LimitOut(Out):
    """一个例外。"""

    key: str = Field(description="部门代码，或信用风险等级", examples=["scjg"])
    limit: int = Field(description="限值", examples=[15])


class RuleValueOut(Out):
    """规则的内容。"""

    text: str | None = Field(description="文字")
    limit: int | None = Field(description="限值", examples=[10])
    exceptions: list[LimitOut] = Field(description="例外")


class RuleVersionOut(Out):
    """规则的一个版本。"""

    code: str = Field(description="规则代码", examples=["key_item_count"])
    name: str = Field(description="规则名称", examples=["重点检查事项数量上限"])
    version: int = Field(description="版本", examples=[1])
    value: RuleValueOut = Field(description="内容")
    effective_on: date = Field(description="生效日期")
    reason: str = Field(description="设定的依据或理由")
    set_at: datetime = Field(description="设定时间")

    @classmethod
    def of(cls, one: RuleVersion) -> RuleVersionOut:
        exceptions = [LimitOut(key=limit.key, limit=limit.limit) for limit in one.value.exceptions]
        return cls(
            code=one.code.value,
            name=RULE_NAMES[one.code],
            version=one.version,
            value=RuleValueOut(text=one.value.text, limit=one.value.limit, exceptions=exceptions),
            effective_on=one.effective_on,
            reason=one.reason,
            set_at=one.set_at,
        )


@router.get(
    "", response_model=list[RuleVersionOut], summary="现行规则", description="本区当日现行的各项规则；没有设定的不列。"
)
async def list_rules(work: Reading) -> list[RuleVersionOut]:
    async with work:
        return [RuleVersionOut.of(one) for one in await work.rules.standing(work.today)]


@router.get(
    "/{code}/versions",
    response_model=list[RuleVersionOut],
    summary="规则的历次版本",
    description="旧的在前，含尚未生效的。",
)
async def list_rule_versions(code: RuleCodePath, work: Reading) -> list[RuleVersionOut]:
    async with work:
        return [RuleVersionOut.of(one) for one in await work.rules.versions(rule_code(code))]


@router.post(
    "/{code}/versions",
    status_code=201,
    response_model=RuleVersionOut,
    summary="设定规则",
    description="由联席会议办公室办理。region_code 为 6 位行政区划代码；key_item_count 为各部门重点检查事项数量上限；"
    "general_cap_ppm 为一般检查事项比例上限的最大值；visits_per_year 在例外中按等级填写每年检查次数上限。",
)
async def create_rule_version(code: RuleCodePath, body: RuleVersionIn, act: CurrentAct) -> Response:
    command = SetRule(code, body.value.value(), body.effective_on, body.reason)
    return await act.run(set_rule, command, shows=RuleVersionOut.of, status=201)
