"""The district's rules over HTTP."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from services.planning.api.path_ids import RuleCodePath, RuleVersionPath
from services.planning.api.words import Paragraph, ReasonIn
from services.planning.domain.decisions import PROPOSAL_NAMES
from services.planning.domain.rule_versions import RuleVersion
from services.planning.domain.rules import RULE_NAMES, LimitFor, RuleEntry, RuleValue, rule_code
from services.planning.usecases.set_rule import DecideRule, SetRule, decide_rule, set_rule
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


class EntryIn(In):
    """清单式规则的一条：一项法定理由，或一段日期。"""

    key: str = Field(description="代码或名称，不重复", min_length=1, max_length=40, examples=["2026-05"])
    text: Paragraph = Field(description="依据或说明", examples=["每月1日至20日为企业安静期"])
    starts_on: date | None = Field(None, description="起始日期（quiet_days 用）", examples=["2026-05-01"])
    ends_on: date | None = Field(None, description="结束日期（含当日）", examples=["2026-05-20"])


class RuleValueIn(In):
    """规则的内容：一段文字，一个限值及其例外，或逐条的清单。"""

    text: str | None = Field(None, description="文字（region_code 用）", max_length=40, examples=["410308"])
    limit: int | None = Field(None, description="限值", ge=0, le=1_000_000, examples=[10])
    exceptions: list[LimitIn] = Field(default_factory=list, description="例外", max_length=200)
    entries: list[EntryIn] = Field(default_factory=list, description="逐条的清单", max_length=400)

    def value(self) -> RuleValue:
        exceptions = tuple(LimitFor(one.key, one.limit) for one in self.exceptions)
        entries = tuple(RuleEntry(one.key, one.text, one.starts_on, one.ends_on) for one in self.entries)
        return RuleValue(self.text, self.limit, exceptions, entries)


class RuleVersionIn(In):
    """规则的一个新版本。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    value: RuleValueIn = Field(description="内容")
    effective_on: date | None = Field(None, description="生效日期，不早于今日；不填为批准之日")
    reason: Paragraph = Field(description="设定的依据或理由", examples=["联席会议2026年第1次会议议定"])


class LimitOut(Out):
    """一个例外。"""

    key: str = Field(description="部门代码，或信用风险等级", examples=["scjg"])
    limit: int = Field(description="限值", examples=[15])


class EntryOut(Out):
    """清单式规则的一条。"""

    key: str = Field(description="代码或名称", examples=["2026-05"])
    text: str = Field(description="依据或说明", examples=["每月1日至20日为企业安静期"])
    starts_on: date | None = Field(description="起始日期")
    ends_on: date | None = Field(description="结束日期（含当日）")


class RuleValueOut(Out):
    """规则的内容。"""

    text: str | None = Field(description="文字", examples=["410308"])
    limit: int | None = Field(description="限值", examples=[10])
    exceptions: list[LimitOut] = Field(description="例外")
    entries: list[EntryOut] = Field(description="逐条的清单")

    @classmethod
    def of(cls, value: RuleValue) -> RuleValueOut:
        exceptions = [LimitOut(key=limit.key, limit=limit.limit) for limit in value.exceptions]
        entries = [
            EntryOut(key=one.key, text=one.text, starts_on=one.starts_on, ends_on=one.ends_on) for one in value.entries
        ]
        return cls(text=value.text, limit=value.limit, exceptions=exceptions, entries=entries)


class RuleVersionOut(Out):
    """规则的一个版本。"""

    code: str = Field(description="规则代码", examples=["key_item_count"])
    name: str = Field(description="规则名称", examples=["重点检查事项数量上限"])
    version: int = Field(description="版本", examples=[1])
    value: RuleValueOut = Field(description="内容")
    effective_on: date = Field(description="生效日期；晚于此日批准的，自批准之日生效")
    reason: str = Field(description="拟定的依据或理由", examples=["联席会议议定"])
    set_at: datetime = Field(description="拟定时间")
    state: str = Field(description="状态：proposed、approved、rejected", examples=["approved"])
    state_name: str = Field(description="状态名称", examples=["已批准"])
    decided_at: datetime | None = Field(description="批准或不予批准的时间")
    decision_reason: str | None = Field(description="批准或不予批准的理由", examples=["联席会议2026年第1次会议纪要"])

    @classmethod
    def of(cls, one: RuleVersion) -> RuleVersionOut:
        return cls(
            code=one.code.value,
            name=RULE_NAMES[one.code],
            version=one.version,
            value=RuleValueOut.of(one.value),
            effective_on=one.effective_on,
            reason=one.reason,
            set_at=one.set_at,
            state=one.state.value,
            state_name=PROPOSAL_NAMES[one.state],
            decided_at=one.decision.at if one.decision else None,
            decision_reason=one.decision.reason if one.decision else None,
        )


@router.get(
    "", response_model=list[RuleVersionOut], summary="现行规则", description="本区当日现行的各项规则；没有设定的不列。"
)
async def list_rules(work: Reading) -> list[RuleVersionOut]:
    async with work:
        return [RuleVersionOut.of(one) for one in await work.rules.standing(work.today)]


@router.get(
    "/proposals",
    response_model=list[RuleVersionOut],
    summary="待批准的规则",
    description="已拟定、等待联席会议办公室其他人员批准的规则版本。",
)
async def list_rule_proposals(work: Reading) -> list[RuleVersionOut]:
    async with work:
        return [RuleVersionOut.of(one) for one in await work.rules.undecided()]


@router.get(
    "/{code}/versions",
    response_model=list[RuleVersionOut],
    summary="规则的历次版本",
    description="旧的在前，含尚未生效、待批准和未批准的。",
)
async def list_rule_versions(code: RuleCodePath, work: Reading) -> list[RuleVersionOut]:
    async with work:
        return [RuleVersionOut.of(one) for one in await work.rules.versions(rule_code(code))]


@router.post(
    "/{code}/versions",
    status_code=201,
    response_model=RuleVersionOut,
    summary="拟定规则",
    description="由联席会议办公室拟定，经办公室其他人员批准后才生效。"
    "region_code 为 6 位行政区划代码；key_item_count 为各部门重点检查事项数量上限；"
    "general_cap_ppm 为一般检查事项比例上限的最大值；visits_per_year 在例外中按等级填写每年检查次数上限；"
    "sole_grounds、quiet_days、quiet_exceptions 逐条填写 entries；no_disturb_floor_ppm 为随机抽查底限，不得为零；"
    "special_term_days 为专项检查最长期限（日）；officer_visits_per_month 为每名执法检查人员每月可承担的户次；"
    "lead_check_days 为线索核查期限（工作日），例外按线索来源填写；names_open 填写一条 entries，key 为名单公开时点"
    "（at_result、as_visited），text 为依据的文号；batch_ratio_ppm 为重点检查事项必须分批检查的比例；"
    "visit_warnings 在例外中按天数填写达到即提醒的户次。",
)
async def create_rule_version(code: RuleCodePath, body: RuleVersionIn, act: CurrentAct) -> Response:
    command = SetRule(code, body.value.value(), body.effective_on, body.reason)
    return await act.run(set_rule, command, shows=RuleVersionOut.of, status=201)


@router.post(
    "/{code}/versions/{version}/approval",
    response_model=RuleVersionOut,
    summary="批准规则",
    description="由联席会议办公室办理，写明理由；不得批准本人拟定的。批准之日或所定生效日期（取晚者）起生效。",
)
async def create_rule_version_approval(
    code: RuleCodePath, version: RuleVersionPath, body: ReasonIn, act: CurrentAct
) -> Response:
    return await act.run(decide_rule, DecideRule(code, version, True, body.reason), shows=RuleVersionOut.of)


@router.post(
    "/{code}/versions/{version}/rejection",
    response_model=RuleVersionOut,
    summary="不予批准规则",
    description="由联席会议办公室其他人员办理，写明理由；该版不生效，现行的照旧。",
)
async def create_rule_version_rejection(
    code: RuleCodePath, version: RuleVersionPath, body: ReasonIn, act: CurrentAct
) -> Response:
    return await act.run(decide_rule, DecideRule(code, version, False, body.reason), shows=RuleVersionOut.of)
