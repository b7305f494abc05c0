"""A thread for a small pool, a process for a large one: the same answers, the same refusals."""

from __future__ import annotations

import os

import pytest

from services.draw.adapters.computer import Computer, Inputs
from services.draw.adapters.processes import a_worker
from services.draw.domain.computation import compute
from services.draw.domain.documents import Substitution
from services.draw.domain.errors import RegionUnknown, SubstitutionRefused
from services.draw.domain.verify import read_frozen, read_reveal, read_substitutions
from tests.builders.draw_ceremony import a_record


def inputs_of(record: dict[str, object]) -> tuple[Inputs, dict[bytes, str]]:
    frozen, _ = read_frozen(record)
    roster = [inspector.row() for inspector in frozen.roster]
    inputs = Inputs(frozen.commitment.text, read_reveal(record["reveal"]), frozen.pool, roster, frozen.recusals)
    return inputs, dict(frozen.records)


def process_of(_: object) -> int:
    return os.getpid()


@pytest.mark.parametrize("seed", range(20))
async def test_in_two_steps_the_result_is_that_of_the_protocol(seed: int) -> None:
    """REL18: with whatever substitutions the ceremony had."""
    record = a_record(seed)
    inputs, records = inputs_of(record)
    frozen, _ = read_frozen(record)
    events = read_substitutions(record.get("substitutions", []))
    async with a_worker(0) as worker:
        await worker.hold(Computer, inputs)
        needed = await worker.do(Computer.needed, events)
        outcome, _ = await worker.do(Computer.result, {token: records[token] for token in needed}, events)
    plain = compute(frozen, inputs.reveal, events)
    assert (outcome.text, outcome.result_hash, outcome.places) == (plain.text, plain.result_hash, plain.places)


async def test_a_process_of_its_own_answers_and_refuses_alike() -> None:
    record = a_record(4)
    inputs, records = inputs_of(record)
    plain = compute(read_frozen(record)[0], inputs.reveal)
    async with a_worker(10, large=1) as worker:
        await worker.hold(Computer, inputs)
        assert await worker.do(process_of) != os.getpid()
        needed = await worker.do(Computer.needed, ())
        outcome, _ = await worker.do(Computer.result, {token: records[token] for token in needed}, ())
        assert outcome.text == plain.text
        with pytest.raises(SubstitutionRefused) as refused:
            await worker.do(Computer.needed, (Substitution(bytes(32), "无此对象"),))
        assert refused.value.detail == f"对象 {bytes(32).hex()} 当前未被抽中"
        with pytest.raises(RegionUnknown):
            await worker.do(Computer.result, {}, ())
