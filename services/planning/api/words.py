"""Pieces of bodies that several routes share: clean lines of text, figures by class, coded words with their name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from services.planning.domain.openings import OPENING_NAMES, Opening
from services.planning.domain.per_class import PerClass
from services.planning.domain.vocabulary import METHODS, OBJECT_KINDS
from shared.runtime.http import In, Out
from shared.values.text import clean

Line = Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=200)]
Paragraph = Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=2000)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Figures = tuple[tuple[str, int], ...]


class ReasonIn(In):
    """办理的理由。"""

    reason: Paragraph = Field(description="理由，将随办理结果留存或公开", examples=["上级部署了同类专项检查"])


class RatioIn(In):
    """一个信用风险等级的抽查比例。"""

    credit_class: str = Field(description="信用风险等级：A、B、C、D 必填，U（未分类）可选", examples=["A"])
    ppm: int = Field(description="抽查比例，百万分之几（1% 为 10000）", examples=[10000])


class VisitCapIn(In):
    """一个信用风险等级的每年检查次数上限。"""

    credit_class: str = Field(description="信用风险等级：A、B、C、D 必填，U（未分类）可选", examples=["A"])
    visits: int = Field(description="每年最多检查次数", examples=[1])


class RatioOut(Out):
    """一个信用风险等级的抽查比例。"""

    credit_class: str = Field(description="信用风险等级，U 为未分类", examples=["A"])
    ppm: int = Field(description="抽查比例，百万分之几（1% 为 10000）", examples=[10000])

    @classmethod
    def all_of(cls, ratios: PerClass) -> list[RatioOut]:
        return [cls(credit_class=one.value, ppm=ppm) for one, ppm in ratios.pairs()]


class VisitCapOut(Out):
    """一个信用风险等级的每年检查次数上限。"""

    credit_class: str = Field(description="信用风险等级，U 为未分类", examples=["A"])
    visits: int = Field(description="每年最多检查次数", examples=[1])

    @classmethod
    def all_of(cls, caps: PerClass | None) -> list[VisitCapOut]:
        return [cls(credit_class=one.value, visits=visits) for one, visits in caps.pairs()] if caps else []


class WordOut(Out):
    """代码与名称。"""

    code: str = Field(description="代码", examples=["on_site"])
    name: str = Field(description="名称", examples=["实地核查"])


def opening_word(opening: Opening) -> WordOut:
    return WordOut(code=opening.when.value, name=OPENING_NAMES[opening.when])


def method_word(code: str) -> WordOut:
    return _word(code, METHODS)


def method_words(codes: Iterable[str]) -> list[WordOut]:
    return [_word(code, METHODS) for code in codes]


def kind_words(codes: Iterable[str]) -> list[WordOut]:
    return [_word(code, OBJECT_KINDS) for code in codes]


def _word(code: str, names: Mapping[str, str]) -> WordOut:
    return WordOut(code=code, name=names.get(code, code))


def ratios_in(ratios: Iterable[RatioIn]) -> Figures:
    return tuple((ratio.credit_class, ratio.ppm) for ratio in ratios)


def caps_in(caps: Iterable[VisitCapIn]) -> Figures:
    return tuple((cap.credit_class, cap.visits) for cap in caps)
