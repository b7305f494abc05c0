"""Code tables over HTTP."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import Field

from services.results.domain.vocabulary import Vocabulary
from services.results.usecases.reading import vocabularies_today
from shared.runtime.app import Reading
from shared.runtime.http import Out

router = APIRouter(prefix="/v1", tags=["代码表"])


class CodeOut(Out):
    """一个代码。"""

    code: str = Field(description="代码", examples=["B"])
    text: str = Field(description="名称", examples=["未按规定公示应当公示的信息"])
    parent: str | None = Field(description="上级分类代码", examples=["2"])
    kind: str = Field(
        description="clean 未发现问题，neutral 未涉及，problem 发现问题（须写明问题），ceased 已停业注销等，"
        "group 分类标题（不能选）；检查方式和名单各有其类",
        examples=["problem"],
    )
    needs_follow_up: bool = Field(description="是否需要后续处理", examples=[True])
    visit_outcome: str | None = Field(
        description="按规则对应的检查情况（closed、moved、not_found）", examples=["not_found"]
    )


class VocabularyOut(Out):
    """一个代码表。"""

    name: str = Field(description="代码表", examples=["outcome"])
    title: str = Field(description="名称", examples=["检查结果"])
    version: int = Field(description="版本", examples=[1])
    effective_on: date = Field(description="启用日期", examples=["2020-01-01"])
    codes: list[CodeOut] = Field(description="代码，按表内顺序")

    @classmethod
    def of(cls, table: Vocabulary) -> VocabularyOut:
        codes = [
            CodeOut(
                code=row.code,
                text=row.text,
                parent=row.parent,
                kind=row.kind,
                needs_follow_up=row.needs_follow_up,
                visit_outcome=row.visit_outcome,
            )
            for row in table.codes.values()
        ]
        return cls(
            name=table.name, title=table.title, version=table.version, effective_on=table.effective_on, codes=codes
        )


@router.get(
    "/outcome-codes",
    response_model=VocabularyOut,
    summary="检查结果代码表",
    description="今天使用的版本；已录入的结果按录入时的版本解释。",
)
async def list_outcome_codes(work: Reading) -> VocabularyOut:
    return VocabularyOut.of((await vocabularies_today(work)).outcomes)


@router.get("/method-codes", response_model=VocabularyOut, summary="检查方式代码表", description="今天使用的版本。")
async def list_method_codes(work: Reading) -> VocabularyOut:
    return VocabularyOut.of((await vocabularies_today(work)).methods)


@router.get("/list-codes", response_model=VocabularyOut, summary="名单代码表", description="今天使用的版本。")
async def list_list_codes(work: Reading) -> VocabularyOut:
    return VocabularyOut.of((await vocabularies_today(work)).lists)
