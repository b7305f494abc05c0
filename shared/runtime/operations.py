"""What operations may do to a service over HTTP: look at parked events and drive them again (REL12)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from shared.runtime.dead_letters import DeadLetter, Redrive, redriver, waiting
from shared.runtime.doors import CurrentAct, Reading
from shared.runtime.http import Out, Page
from shared.runtime.principal import OPERATIONS
from shared.runtime.service import Service


class DeadLetterOut(Out):
    """一个被搁置的事件；内容不在此显示。"""

    producer: str = Field(description="来源服务", examples=["results"])
    producer_seq: int = Field(description="来源服务的事件编号", examples=[1207])
    type: str = Field(description="事件类型", examples=["results.result.published.v1"])
    aggregate_id: str = Field(description="所属对象的编号", examples=["0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"])
    code: str = Field(description="搁置原因的代码", examples=["event.malformed"])
    reason: str = Field(description="搁置原因", examples=["事件内容不符合格式"])
    parked_at: datetime = Field(description="搁置时间")

    @classmethod
    def of(cls, letter: DeadLetter) -> DeadLetterOut:
        return cls(**{name: getattr(letter, name) for name in cls.model_fields})


def operations_router(service: Service) -> APIRouter:
    """The operations routes of one service."""
    router = APIRouter(prefix="/v1/operations", tags=["运行维护"])
    redrive = redriver(service.name, service.hears)

    @router.get(
        "/dead-letters",
        response_model=Page[DeadLetterOut],
        summary="被搁置的事件",
        description="无法处理而搁置、等待运行维护人员处理的事件，按来源和编号排列。",
    )
    async def list_dead_letters(work: Reading) -> Page[DeadLetterOut]:
        async with work:
            work.principal.require(OPERATIONS)
            letters = await waiting(work.connection)
        return Page[DeadLetterOut](items=[DeadLetterOut.of(letter) for letter in letters], next=None)

    @router.post(
        "/dead-letters/{producer}/{producer_seq}/redrives",
        response_model=DeadLetterOut,
        summary="重新处理被搁置的事件",
        description="原因消除后重新处理一个事件；同一对象较早的事件须先处理。",
    )
    async def create_redrive(
        producer: Annotated[str, Path(description="来源服务", examples=["results"])],
        producer_seq: Annotated[int, Path(ge=1, description="来源服务的事件编号", examples=[1207])],
        act: CurrentAct,
    ) -> Response:
        return await act.run(redrive, Redrive(producer, producer_seq), shows=DeadLetterOut.of)

    return router
