"""Checkpoints and proofs for everybody (SEC11, B5): what a stranger needs to hold a service to its trail.

Only hashes, numbers and days are shown. A proof is asked for by the id of an audit row, or of an event: the event that
told of a published result, of a document of the draw's log, or of a checkpoint.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from shared.runtime.audit_checkpoints import members
from shared.runtime.audit_dossier import make_dossier
from shared.runtime.audit_store import (
    NEWEST,
    KeptCheckpoint,
    checkpoints_before,
    place_of,
    roots_of,
)
from shared.runtime.audit_tree import consistency_path, inclusion_path
from shared.runtime.database import Driver
from shared.runtime.doors import CurrentProcess, Reading
from shared.runtime.http import Out, Page, Paging, etag, next_cursor
from shared.runtime.problems import BadCursor
from shared.values.errors import Invalid, NotFound

_HASH = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
_BODY = '{"algorithm":"Ed25519/SHA-256","number":3,"size":4711}'
_SIGNATURE = "5f" * 64
Number = Annotated[int, Path(ge=1, le=NEWEST - 1, description="检查点的序号", examples=[3])]


class CheckpointMissing(NotFound):
    message = "没有第 {number} 号检查点"


class RowNotCovered(NotFound):
    message = "第 {number} 号检查点不含这条记录：没有这条记录，或它在检查点之后才封存"


class CheckpointsReversed(Invalid):
    message = "一致性证明只能从较早的检查点（{earlier}）到较晚的检查点（{number}）"


class CheckpointOut(Out):
    """一个检查点：某一时刻本服务全部留痕与事件日志的默克尔根，经本服务签名。"""

    number: int = Field(description="序号，从 1 起连续", examples=[3])
    day: str = Field(description="签署日期（北京时间）", examples=["2026-11-24"])
    size: int = Field(description="已封存的记录条数", examples=[4711])
    root: str = Field(description="默克尔根（SHA-256，十六进制）", examples=[_HASH])
    algorithm: str = Field(description="签名与哈希算法", examples=["Ed25519/SHA-256"])
    body: str = Field(description="被签名的原文（JSON 文本），核验以此为准", examples=[_BODY])
    signature: str = Field(description="对原文的签名（十六进制）", examples=[_SIGNATURE])

    @classmethod
    def of(cls, kept: KeptCheckpoint) -> CheckpointOut:
        said = members(kept)
        return cls(
            number=kept.number,
            day=said["day"],
            size=kept.size,
            root=said["root"],
            algorithm=said["algorithm"],
            body=kept.body,
            signature=kept.signature.hex(),
        )


class InclusionProofOut(Out):
    """证明一条记录在检查点之内（RFC 9162 第 2.1.3 节）。"""

    number: int = Field(description="检查点的序号", examples=[3])
    size: int = Field(description="检查点的记录条数", examples=[4711])
    root: str = Field(description="检查点的默克尔根", examples=[_HASH])
    kind: str = Field(description="audit 留痕；event 事件", examples=["event"])
    index: int = Field(description="记录在树中的位置，从 0 起", examples=[4242])
    leaf: str = Field(description="记录的叶哈希", examples=[_HASH])
    path: list[str] = Field(description="从叶到根的兄弟哈希", examples=[[_HASH]])


class ConsistencyProofOut(Out):
    """证明较晚的检查点只在较早的之后增加了记录（RFC 9162 第 2.1.4 节）。"""

    earlier: int = Field(description="较早检查点的序号", examples=[2])
    earlier_size: int = Field(description="较早检查点的记录条数", examples=[4242])
    earlier_root: str = Field(description="较早检查点的默克尔根", examples=[_HASH])
    number: int = Field(description="较晚检查点的序号", examples=[3])
    size: int = Field(description="较晚检查点的记录条数", examples=[4711])
    root: str = Field(description="较晚检查点的默克尔根", examples=[_HASH])
    path: list[str] = Field(description="证明用的哈希", examples=[[_HASH]])


class DossierOut(Out):
    """一份尽职卷宗：本服务对一个对象或人员所知的全部留痕与事件，附包含证明，整份签名。"""

    algorithm: str = Field(description="签名与哈希算法", examples=["Ed25519/SHA-256"])
    body: str = Field(
        description="被签名的原文（JSON 文本）：rows 为各条记录与证明，missing 说明其中没有什么",
        examples=['{"format":"ssj-dossier-1","rows":[],"missing":[]}'],
    )
    signature: str = Field(description="对原文的签名（十六进制）", examples=[_SIGNATURE])


def dossiers_router(service: str) -> APIRouter:
    """The dossiers of one service, for the auditor and the supervision organ."""
    router = APIRouter(prefix="/v1/dossiers", tags=["审计检查点"])

    @router.get(
        "/{subject_id}",
        response_model=DossierOut,
        summary="尽职卷宗",
        description="调取本服务对一个检查对象或执法人员的全部留痕与事件，作为一份签名文件，可离线核验。调取本身也留痕。",
    )
    async def get_dossier(
        subject_id: Annotated[UUID, Path(description="检查对象或执法人员的编号")],
        work: Reading,
        process: CurrentProcess,
        response: Response,
    ) -> DossierOut:
        async with work:
            made = await make_dossier(work, service, process.key, subject_id)
        response.headers["Content-Disposition"] = f'attachment; filename="dossier-{service}-{subject_id}.json"'
        return DossierOut(algorithm=made.algorithm, body=made.body, signature=made.signature.hex())

    return router


async def _checkpoint(driver: Driver, number: int) -> KeptCheckpoint:
    found = await checkpoints_before(driver, number + 1, 1)
    if not found or found[0].number != number:
        raise CheckpointMissing(number=number)
    return found[0]


def checkpoints_router() -> APIRouter:
    """The public routes of a service's audit chain; the same for every service."""
    router = APIRouter(prefix="/v1/checkpoints", tags=["审计检查点"])

    @router.get(
        "",
        response_model=Page[CheckpointOut],
        summary="检查点列表",
        description="本服务每日签署的检查点，最新的在前；可另行保存，供日后核验有无改动。",
    )
    async def list_checkpoints(work: Reading, paging: Paging) -> Page[CheckpointOut]:
        before = NEWEST
        if paging.after is not None:
            if len(paging.after) != 1 or not isinstance(paging.after[0], int) or not 0 < paging.after[0] < NEWEST:
                raise BadCursor
            before = paging.after[0]
        async with work:
            found = await checkpoints_before(work.driver, before, paging.size + 1)
        page = found[: paging.size]
        more = next_cursor([page[-1].number]) if len(found) > paging.size else None
        return Page[CheckpointOut](items=[CheckpointOut.of(kept) for kept in page], next=more)

    @router.get(
        "/{number}",
        response_model=CheckpointOut,
        summary="一个检查点",
        description="按序号查看检查点；签署后不再变化。",
    )
    async def get_checkpoint(number: Number, work: Reading, response: Response) -> CheckpointOut:
        async with work:
            kept = await _checkpoint(work.driver, number)
        response.headers["ETag"] = etag(number)
        return CheckpointOut.of(kept)

    _add_proofs(router)
    return router


def _add_proofs(router: APIRouter) -> None:
    @router.get(
        "/{number}/inclusion-proofs/{row_id}",
        response_model=InclusionProofOut,
        summary="包含证明",
        description="证明一条留痕或一个事件在检查点之内；公示结果、抽取文件和检查点各以公布它的事件编号查询。",
    )
    async def get_inclusion_proof(
        number: Number, row_id: Annotated[UUID, Path(description="留痕或事件的编号")], work: Reading
    ) -> InclusionProofOut:
        async with work:
            kept = await _checkpoint(work.driver, number)
            place = await place_of(work.driver, row_id)
            if place is None or place.seq > kept.size:
                raise RowNotCovered(number=number)
            path = await roots_of(work.driver, inclusion_path(place.seq - 1, kept.size))
        return InclusionProofOut(
            number=number,
            size=kept.size,
            root=members(kept)["root"],
            kind=place.kind,
            index=place.seq - 1,
            leaf=place.leaf.hex(),
            path=[one.hex() for one in path],
        )

    @router.get(
        "/{number}/consistency-proofs/{earlier}",
        response_model=ConsistencyProofOut,
        summary="一致性证明",
        description="证明检查点 number 的记录以检查点 earlier 的全部记录开头：其间只有增加，没有改动。",
    )
    async def get_consistency_proof(
        number: Number,
        earlier: Annotated[int, Path(ge=1, le=NEWEST - 1, description="较早检查点的序号", examples=[2])],
        work: Reading,
    ) -> ConsistencyProofOut:
        if earlier > number:
            raise CheckpointsReversed(earlier=earlier, number=number)
        async with work:
            old, new = await _checkpoint(work.driver, earlier), await _checkpoint(work.driver, number)
            path = await roots_of(work.driver, consistency_path(old.size, new.size))
        return ConsistencyProofOut(
            earlier=earlier,
            earlier_size=old.size,
            earlier_root=members(old)["root"],
            number=number,
            size=new.size,
            root=members(new)["root"],
            path=[one.hex() for one in path],
        )
