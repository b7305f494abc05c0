"""Events delivered again, in any order, and a consumer stopped in the middle."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import httpx2
import pytest

from deploy.embedded.services import driver_url
from services.credit.messaging.handlers import FROM_RESULTS
from services.credit.storage.unit_of_work import CreditUnitOfWork
from shared.runtime.bus import Bus
from shared.runtime.database import Database
from shared.runtime.lane import Lane
from shared.runtime.outbox import LoggedEvent
from shared.values.ids import new_id
from tests.builders.dice import Dice
from tests.builders.people import the_service
from tests.faults.broker import durable
from tests.faults.scene import Scene, until_true
from tests.support.listener import as_feed_rows


async def duplicates_met_by_credit(scene: Scene) -> float:
    """`ssj_inbox_duplicates_total` of the running process, of the lane from results."""
    async with httpx2.AsyncClient(base_url=scene.platform.url("credit"), trust_env=False) as client:
        text = (await client.get("/metrics")).text
    found = re.search(r'^ssj_inbox_duplicates_total\{consumer="credit",producer="results"\} (\S+)$', text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def three_times_in_any_order(scene: Scene, events: list[LoggedEvent]) -> list[LoggedEvent]:
    dice = Dice(f"deliveries {scene.seed}")
    return dice.sample(events * 3, 3 * len(events))


async def test_events_the_broker_delivers_again_in_any_order_change_nothing_at_credit(scene: Scene) -> None:
    """REL8: the whole log thrice more on the stream, shuffled, under new message ids; the running process hears it."""
    await scene.publish_all(await scene.approved(8))
    await scene.settled()
    before = await scene.books.credit_as_it_stands(scene.district)
    met = await duplicates_met_by_credit(scene)
    again = three_times_in_any_order(scene, await scene.books.log("results", scene.district))
    bus = await Bus.connect(scene.platform.site.nats_url, "results", *scene.platform.site.nats_login("results"))
    for event in again:
        await bus.publish([replace(event.outgoing("results"), message_id=str(new_id()))])
    await bus.close()

    async def all_met() -> bool:
        return await duplicates_met_by_credit(scene) >= met + len(again)

    await until_true(all_met, 15, "credit did not hear the repetitions")
    await scene.settled()
    assert (await scene.books.credit_as_it_stands(scene.district)).digest == before.digest
    await scene.assert_each_published_once()


async def test_the_log_replayed_shuffled_and_thrice_by_creditss_own_handlers_gives_the_same_dump(scene: Scene) -> None:
    """REL7, REL8: into a district of its own, through a lane with holes, healed from the log as from the feed."""
    await scene.publish_all(await scene.approved(8))
    await scene.settled()
    shadow = f"{scene.district}-again"
    told = await scene.books.log("results", scene.district)
    log = [replace(event, district=shadow, producer_seq=number) for number, event in enumerate(told, start=1)]
    database = Database(driver_url(scene.platform.database_url("credit")), pool_size=2)

    async def feed(after: int, limit: int) -> list[dict[str, object]]:
        return as_feed_rows([event for event in log if event.producer_seq > after][:limit])

    def open_work() -> CreditUnitOfWork:
        return CreditUnitOfWork(database, the_service("credit", shadow))

    bus = await Bus.connect(scene.platform.site.nats_url, "credit", *scene.platform.site.nats_login("credit"))
    lane = Lane("credit", shadow, bus, open_work, FROM_RESULTS, feed)
    wild = three_times_in_any_order(scene, log)
    for start in range(0, len(wild), 5):
        await lane.apply(wild[start : start + 5])
    await bus.close()
    await database.close()
    live = await scene.books.credit_as_it_stands(scene.district)
    replayed = await scene.books.credit_as_it_stands(shadow)
    assert len(live.sections["records"]) == 8
    assert replayed.digest == live.digest


@pytest.mark.parametrize("count", [60])
async def test_a_consumer_that_is_asked_to_stop_acknowledges_what_it_did(scene: Scene, count: int) -> None:
    """REL23: SIGTERM in the middle of a stream; all that was handed out is applied and confirmed, none comes again."""
    results = await scene.approved(count)
    running = [asyncio.ensure_future(scene.publish(result)) for result in results]
    while sum(one.done() for one in running) < count // 3:
        await asyncio.sleep(0)
    began = asyncio.get_running_loop().time()
    await scene.hands(scene.platform.stop_process, "credit")
    took = asyncio.get_running_loop().time() - began
    lane = await durable(scene.platform, "credit", "results")
    await asyncio.gather(*running)
    await scene.hands(scene.platform.start_process, "credit")
    await scene.settled()
    assert took < 25
    assert 0 < lane["ack_floor"]["stream_seq"]
    assert (lane["num_ack_pending"], lane["num_redelivered"]) == (0, 0)
    await scene.assert_each_published_once()
