"""Events delivered again, in any order, and a consumer stopped in the middle."""

from __future__ import annotations

import time
from dataclasses import replace

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

MET_AGAIN = 'ssj_inbox_duplicates_total{consumer="credit",producer="results"}'

CURSOR = "SELECT coalesce(max(producer_seq), 0) FROM inbox_cursors WHERE producer = 'results'"


def three_times_in_any_order(scene: Scene, events: list[LoggedEvent]) -> list[LoggedEvent]:
    dice = Dice(f"deliveries {scene.seed}")
    return dice.sample(events * 3, 3 * len(events))


async def test_events_the_broker_delivers_again_in_any_order_change_nothing_at_credit(scene: Scene) -> None:
    """REL8: the whole log thrice more on the stream, shuffled, under new message ids; the running process hears it."""
    await scene.publish_all(await scene.approved(8))
    await scene.settled()
    before = await scene.books.credit_as_it_stands(scene.district)
    met = await scene.metric("credit", MET_AGAIN)
    again = three_times_in_any_order(scene, await scene.books.log("results", scene.district))
    bus = await Bus.connect(scene.platform.site.nats_url, "results", *scene.platform.site.nats_login("results"))
    for event in again:
        await bus.publish([replace(event.outgoing("results"), message_id=str(new_id()))])
    await bus.close()

    async def all_met() -> bool:
        return await scene.metric("credit", MET_AGAIN) >= met + len(again)

    await until_true(all_met, 15, "credit did not hear the repetitions")
    await scene.settled()
    assert (await scene.books.credit_as_it_stands(scene.district)).digest == before.digest
    await scene.assert_each_published_once()


async def test_the_log_replayed_shuffled_and_thrice_by_credits_own_handlers_gives_the_same_dump(scene: Scene) -> None:
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


async def test_a_consumer_that_is_asked_to_stop_ends_what_it_was_handed(scene: Scene) -> None:
    """REL23: SIGTERM in the middle of a backlog. All that was handed out is applied and confirmed: none comes again."""
    results = await scene.approved(300)
    await scene.hands(scene.platform.stop_process, "nats")
    await scene.publish_all(results)
    before = (await scene.books.rows("credit", CURSOR))[0][0]
    await scene.hands(scene.platform.start_process, "nats")

    async def begun() -> bool:
        return bool((await scene.books.rows("credit", CURSOR))[0][0] > before)

    await until_true(begun, 15, "credit did not begin")
    took = -time.monotonic()
    await scene.hands(scene.platform.stop_process, "credit")
    took += time.monotonic()
    lane = await durable(scene.platform, "credit", "results")
    await scene.hands(scene.platform.start_process, "credit")
    await scene.settled()
    assert took < 25
    assert (lane["num_ack_pending"], lane["num_redelivered"]) == (0, 0)
    assert lane["delivered"]["stream_seq"] == lane["ack_floor"]["stream_seq"]
    await scene.assert_each_published_once()


async def test_after_an_ordinary_restart_nothing_comes_again(scene: Scene) -> None:
    """REL23, counted where the consumer counts it."""
    await scene.publish_all(await scene.approved(10))
    await scene.settled()
    await scene.hands(scene.platform.stop_process, "credit")
    await scene.hands(scene.platform.start_process, "credit")
    await scene.publish_all(await scene.approved(1))
    await scene.settled()
    assert await scene.metric("credit", MET_AGAIN) == 0
    await scene.assert_each_published_once()
