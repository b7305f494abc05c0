"""Refusals of the protocol as the service answers them, and those that have a name of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.draw.domain.errors import DocumentRefusal, Refusal, RevealRefusal, RulesRefusal
from shared.values.errors import Invalid, Refused

_OF_INPUT = (DocumentRefusal, RulesRefusal, RevealRefusal)
"""Refusals of what was handed in; the others say that the state does not allow it."""


class ProtocolRefused(Refused):
    """A row of section 6 applies: the code is `draw.` and the row's name in small letters, e.g. `draw.log_time`."""

    message = "抽取协议不允许：{meaning}{detail}（{rule}）"

    def __init__(self, refusal: Refusal) -> None:
        self._rule = refusal.code
        self.status = 422 if isinstance(refusal, _OF_INPUT) else 409
        detail = f"（{refusal.detail}）" if refusal.detail else ""
        super().__init__(rule=refusal.code, meaning=refusal.message, detail=detail)

    @property
    def code(self) -> str:
        return f"draw.{self._rule.lower()}"


class ShareDoesNotOpen(Invalid):
    """Row `SHARE`, met when one party reveals."""

    message = "见证方 {party} 的份额与其公布的承诺不符"


class RevealDeadlinePassed(Refused):
    message = "份额截止时间 {deadline} 已过，不再接收份额"


class SharesStillOpen(Refused):
    """Section 2: not before the deadline unless every share is in."""

    message = "还有见证方没有给出份额（{missing}），在 {deadline} 之前不能封存"


class BeaconNotBorn(Refused):
    """Section 2: a beacon is not before its `not_before`."""

    message = "公共随机源 {beacon} 在 {not_before} 之前尚未产生，不能揭示"


class DrawIsRunning(Refused):
    """A passing state: 503, so that the answer is not kept for the caller's key and a retry hears the outcome."""

    status = 503
    message = "此次抽取正在计算，请稍候查询结果"


class VoidNotRequested(Refused):
    message = "还没有人申请作废此次抽取；作废须一人申请、另一人批准"


@contextmanager
def protocol_rules() -> Iterator[None]:
    """Turns a refusal of the protocol into the service's error. Raises ProtocolRefused."""
    try:
        yield
    except Refusal as refusal:
        raise ProtocolRefused(refusal) from refusal
