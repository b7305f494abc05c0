"""Checkpoints (检查点) of the audit chains: every service's newest root stands on the status page (B5, SEC11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.disclosure.domain.facts import Checkpoint
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.keep_facts import keep_checkpoints
from shared.events import credit, draw, planning, registry, results
from shared.events.envelope import Heard
from shared.runtime.inbox import Handlers


async def on_checkpoint_signed(heard: Sequence[Heard[Any]], uow: DisclosureUnitOfWork) -> None:
    await keep_checkpoints([_checkpoint(one) for one in heard], uow)


def _checkpoint(heard: Heard[Any]) -> Checkpoint:
    signed = heard.event.checkpoint
    return Checkpoint(heard.producer, signed.number, signed.size, signed.body, signed.signature, heard.occurred_at)


SEALS_OF: Final[Mapping[str, Handlers]] = {
    "registry": {registry.CheckpointSignedV1: on_checkpoint_signed},
    "planning": {planning.CheckpointSignedV1: on_checkpoint_signed},
    "draw": {draw.CheckpointSignedV1: on_checkpoint_signed},
    "results": {results.CheckpointSignedV1: on_checkpoint_signed},
    "credit": {credit.CheckpointSignedV1: on_checkpoint_signed},
}
