"""The six steps that everybody can follow (`experience.md` 2): 冻结 → 承诺 → 揭示 → 抽取 → 匹配 → 公布.

A step's time and digest are those of a document of the log; who acted is told by role.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.disclosure.domain.draw_page_documents import LogDocument, commitment_of, first_of
from services.disclosure.domain.draw_page_result import Matched
from services.disclosure.domain.draw_page_rules import CLASSES

FREEZE: Final = "freeze"
OPERATOR: Final = "承办单位"
WITNESS: Final = "见证方"
ALL: Final = "任何人可以重算"


@dataclass(frozen=True, slots=True)
class CeremonyStep:
    """A step of the ceremony's own history: role `operator` or `witness`."""

    step: str
    role: str
    party: str | None
    acted_at: datetime


@dataclass(frozen=True, slots=True)
class StepView:
    """`done_at` None: not yet. `digest` is hex, or empty where the step leaves none of its own."""

    key: str
    name: str
    what: str
    actor: str
    done_at: datetime | None
    digest: str
    digest_of: str
    lines: tuple[tuple[str, str], ...] = ()
    """What it is, and the value that people compare."""


def six_steps(
    documents: Sequence[LogDocument], history: Sequence[CeremonyStep], matched: Matched | None
) -> tuple[StepView, ...]:
    """Raises ValueError without a commitment."""
    return (
        _freeze(documents, history),
        _commit(documents),
        _reveal(documents, history),
        *_draw_and_match(documents, matched),
        _publish(documents),
    )


def _freeze(documents: Sequence[LogDocument], history: Sequence[CeremonyStep]) -> StepView:
    commitment = commitment_of(documents)
    frozen = next((one.acted_at for one in history if one.step == FREEZE), None)
    strata = commitment.members["strata"]
    lines = tuple((CLASSES.get(one["id"], one["id"]), f"{one['size']} 户") for one in strata)
    return StepView(
        "freeze",
        "冻结",
        "名册、人员名录、回避清单和规则定稿，此后不能再改",
        OPERATOR,
        frozen or commitment.published_at,
        str(commitment.members["roster_hash"]),
        "人员名录摘要；各分层名册的树根见下面的表",
        lines,
    )


def _commit(documents: Sequence[LogDocument]) -> StepView:
    commitment = commitment_of(documents)
    lines = tuple((f"{one['id']} 的份额承诺", str(one["commit"])) for one in commitment.members["parties"])
    return StepView(
        "commit",
        "承诺",
        "承诺书公布：名册树根、规则、各见证方份额的摘要都写在里面，由未参与冻结的另一名工作人员公布",
        OPERATOR,
        commitment.published_at,
        commitment.digest,
        "承诺书全文摘要",
        lines,
    )


def _reveal(documents: Sequence[LogDocument], history: Sequence[CeremonyStep]) -> StepView:
    shares, beacon = first_of(documents, "shares"), first_of(documents, "beacon")
    has_beacons = bool(commitment_of(documents).members["beacons"])
    last = beacon if has_beacons else shares
    lines = [(f"{one['party']} 公开份额", str(one["value"])) for one in (shares.members["shares"] if shares else ())]
    lines += [(f"{one['id']} 的值", str(one["value"])) for one in (beacon.members["beacons"] if beacon else ())]
    if shares is None:
        given = [one.party for one in history if one.step == "reveal" and one.party]
        lines = [(party, "已交出份额，截止后一并公开") for party in given]
    shown = beacon or shares
    return StepView(
        "reveal",
        "揭示",
        "各见证方公开自己的份额，再公布公共随机源的值；在此之前谁也算不出种子",
        f"{WITNESS}、公共随机源" if has_beacons else WITNESS,
        None if last is None else last.published_at,
        "" if shown is None else shown.digest,
        "公开文件的摘要",
        tuple(lines),
    )


def _draw_and_match(documents: Sequence[LogDocument], matched: Matched | None) -> tuple[StepView, StepView]:
    result = first_of(documents, "result")
    at = None if result is None else result.published_at
    seed = "" if result is None else str(result.members["seed"])
    seats = () if matched is None else (("席位", _matched_words(matched)),)
    return (
        StepView("draw", "抽取", "由种子给每个标识算出签号，按签号排队，取在前面的", ALL, at, seed, "种子"),
        StepView(
            "match",
            "匹配",
            "按同一种子给每次检查配备执法人员，避开回避关系，工作量均衡",
            ALL,
            at,
            "" if result is None else str(result.members["result_hash"]),
            "结果摘要（抽取与匹配的全部行）",
            seats,
        ),
    )


def _matched_words(matched: Matched) -> str:
    missing = f"，{matched.open} 个席位暂缺，补足之前不得开始检查" if matched.open else "，没有空缺"
    return f"{matched.visits} 次检查，{matched.seats} 个席位{missing}"


def _publish(documents: Sequence[LogDocument]) -> StepView:
    result = first_of(documents, "result")
    return StepView(
        "publish",
        "公布",
        "结果写入公开日志，与前面的文件首尾相接，任何人都可以下载核验",
        OPERATOR,
        None if result is None else result.published_at,
        "" if result is None else result.digest,
        "公布文件的摘要",
    )
