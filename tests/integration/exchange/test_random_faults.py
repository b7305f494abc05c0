"""The mock's every fault, in random order, under kills of the peer and of our own sender: each version ends accepted or
on a work list, and none is ever sent as two different rows (REL29, issue 9). The seed is printed and may be given."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.embedded.province import PROVINCE
from services.exchange.domain.batches import Answer, Batch
from services.exchange.domain.rows import OutboundRow
from services.exchange.usecases.deliver import Transport
from tests.builders.exchange import a_result, corrected, withdrawn
from tests.integration.exchange.conftest import QUICK, ExchangeDistrict, MockProvince

ROUNDS = 25
FAULTS: Sequence[Mapping[str, Any]] = (
    {},
    {"reject_ppm": 300_000},
    {"twice_ppm": 500_000},
    {"deaf_ppm": 700_000},
    {"deaf_ppm": 1_000_000, "stall_seconds": 1.5},
    {"refuse_ppm": 700_000},
    {"late_seconds": 0.3},
    {"schemas": {"province.results": "2027.1"}},
)


class Killed(BaseException):
    """Our sender died here; nothing after this line was done."""


class Dying:
    """A transport whose sender may die before, or right after, the peer has it."""

    def __init__(self, inner: Transport, dice: random.Random) -> None:
        self._inner, self._dice = inner, dice

    async def deliver(self, batch: Batch, rows: Sequence[OutboundRow]) -> Answer:
        self._may_die()
        answer = await self._inner.deliver(batch, rows)
        self._may_die()
        return answer

    async def ask(self, batch: Batch) -> Answer:
        answer = await self._inner.ask(batch)
        self._may_die()
        return answer

    def _may_die(self) -> None:
        if self._dice.random() < 0.2:
            raise Killed


async def test_every_version_ends_accepted_or_on_a_work_list_and_is_never_two_rows(
    here: ExchangeDistrict, mock: MockProvince
) -> None:
    seed = int(os.environ.get("EXCHANGE_SEED", random.randrange(10**6)))
    print(f"seed {seed} (EXCHANGE_SEED={seed})")
    dice = random.Random(seed)
    sound = {peer: one for peer, one in mock.transports(here.district, 1.0).items() if peer != "credit_platform"}
    dying = {peer: Dying(one, dice) for peer, one in sound.items()}
    known: list[list[Any]] = []
    for number in range(ROUNDS):
        await mock.misbehave(**dice.choice(FAULTS), salt=f"{seed}/{number}")
        await _something_happens(here, dice, known, number)
        if dice.random() < 0.12:
            await asyncio.to_thread(mock.platform.kill, PROVINCE)
        await _a_round(here, mock, dying)
    await asyncio.to_thread(mock.platform.wait_ready, PROVINCE)
    await mock.misbehave()
    await here.until_settled(mock, sound, 30)
    await _assert_settled(here, mock, list(sound))


async def _something_happens(here: ExchangeDistrict, dice: random.Random, known: list[Any], number: int) -> None:
    for fresh in [a_result(number * 10 + place) for place in range(dice.randrange(3))]:
        await here.hear(fresh)
        known.append([fresh, 1])
    if known and dice.random() < 0.5:
        chosen = dice.choice(known)
        chosen[1] += 1
        moved = withdrawn if dice.random() < 0.2 else corrected
        await here.hear(moved(chosen[0], chosen[1]))


async def _a_round(here: ExchangeDistrict, mock: MockProvince, dying: Mapping[str, Transport]) -> None:
    for peer, transport in dying.items():
        try:
            await here.deliver({peer: transport}, QUICK)
        except Killed:
            continue
    await mock.take_front(here.district)


async def _assert_settled(here: ExchangeDistrict, mock: MockProvince, peers: Sequence[str]) -> None:
    async with here.work() as work:
        rows = await work.driver.fetch(
            "SELECT dataset, row_key, version, state, digest, op FROM outbound_rows WHERE district = $1"
            " AND peer = ANY ($2::text[])",
            here.district,
            list(peers),
        )
    assert {row["state"] for row in rows} <= {"accepted", "rejected", "blocked", "superseded"}
    assert sum(row["state"] == "accepted" for row in rows) > 20, "nothing was tried"
    assert (await mock.told("GET", "/counts"))["conflicts"] == 0
    accepted = {
        (row["dataset"], row["row_key"], row["version"]): row["digest"] for row in rows if row["state"] == "accepted"
    }
    for dataset in {row["dataset"] for row in rows}:
        standing = (await mock.told("GET", f"/datasets/{dataset}/rows"))["rows"]
        ours = {row["row_key"] for row in rows if row["dataset"] == dataset}
        for row in standing:
            if row["row_key"] in ours:
                assert accepted[dataset, row["row_key"], row["version"]] == row["digest"]
