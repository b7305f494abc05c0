"""What the public is told of things that are not there, or no longer (410, with the reason and the digest)."""

from __future__ import annotations

from services.disclosure.domain.views import ResultState
from services.disclosure.domain.words import GROUNDS
from shared.values.errors import NotFound


class EntityNotShown(NotFound):
    message = "没有关于这个检查对象的公示信息：可能从未被抽中检查，或者公示期已满"


class PlanNotShown(NotFound):
    message = "没有公布过编号为 {plan_no} 的抽查计划"


class TaskNotShown(NotFound):
    message = "没有公布过编号为 {task_no} 的抽查任务"


class ResultNotShown(NotFound):
    message = "没有公示过这条检查结果，请核对编号"


class FileNotShown(NotFound):
    message = "没有这个开放数据文件"


class ResultTakenDown(NotFound):
    """A result that was public and is not any more, or that the law keeps from publication (R3)."""

    status = 410
    message = "这条检查结果不再公示：{reason}。数字指纹（SHA-256）：{digest}"


class FileTakenDown(NotFound):
    status = 410
    message = "这个开放数据文件已由 {superseded_on} 之后的文件代替"


def reason_of(state: ResultState, ground: str | None, until: str | None) -> str:
    """Why a result is not shown."""
    match state:
        case ResultState.EXEMPTED:
            return f"依法免予公示（{GROUNDS.get(ground or '', '法律、行政法规禁止公开的其他情形')}）"
        case ResultState.REPAIRED:
            return "已作出信用修复决定，停止公示"
    return f"公示期已于 {until} 届满" if until else "公示期已经届满"
