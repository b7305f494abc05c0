"""Restore drills (恢复演练): everything from a backup with an empty broker; each service alone from an older one."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson
import pytest

from cli.backup.restore import Restored, restore_all, restore_one
from cli.backup.take import Taken, take
from cli.doctor.checks import Verdict
from cli.doctor.examine import examine
from cli.ops.answer import Steps
from deploy import topology
from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from deploy.embedded.provision_postgres import database_name
from deploy.embedded.servers import temporary_data_folder
from deploy.embedded.services import driver_url
from shared.events.catalogue import EVENTS
from shared.runtime.database import Database
from shared.runtime.unit_of_work import UnitOfWork
from tests.builders.people import the_service
from tests.faults.books import Books
from tests.faults.broker import provision, store_of
from tests.faults.scene import Scene, until_true

PASSPHRASE = "离线保管的一句长口令 2026"
NOT_DURABLE_BY_WISH = {"postgres.fsync", "postgres.full_page_writes", "postgres.synchronous_commit"}
OWN_FACT = "{}.checkpoint.signed.v1"
"""What every service tells, and nobody must act upon."""
RTO_AT_MOST = 30 * 60.0


def in_silence() -> Steps:
    return Steps(lambda number, text: None)


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    folder = temporary_data_folder(True)
    yield folder
    shutil.rmtree(folder)


async def backed_up(scene: Scene, name: str = "backup") -> Taken:
    return await asyncio.to_thread(take, scene.platform.site, scene.folder / name, PASSPHRASE, in_silence())


async def tell(platform: EmbeddedPlatform, service: str, district: str, count: int) -> None:
    """Facts of a service that nobody must act upon: they only take numbers."""
    database = Database(driver_url(platform.database_url(service)), pool_size=1)
    model = EVENTS[OWN_FACT.format(service)]
    try:
        for number in range(900_001, 900_001 + count):
            async with UnitOfWork(database, the_service(service, district)) as work:
                checkpoint = {"number": number, "size": number, "body": "{}", "signature": "00"}
                body = {"aggregate_version": number, "service": service, "checkpoint": checkpoint}
                work.emit(model.model_validate(body))
                await work.commit()
    finally:
        await database.close()


async def nothing_wrong(platform: EmbeddedPlatform) -> None:
    """Doctor's own checks of the restored platform."""
    checks = await examine(platform.site, platform.nats_monitor_url)
    assert {check.id for check in checks if check.verdict is Verdict.WRONG} <= NOT_DURABLE_BY_WISH


@pytest.mark.slow
async def test_everything_comes_back_from_a_backup_with_an_empty_broker(scene: Scene, empty_folder: Path) -> None:
    """REL26: databases dumped one after the other while results are published; nothing of the broker is kept."""
    before, during, after = await scene.approved(20), await scene.approved(20), await scene.approved(5)
    await scene.publish_all(before)
    await scene.settled()
    busy = asyncio.ensure_future(scene.publish_all(during, at_once=2))
    began = time.monotonic()
    taken = await backed_up(scene)
    took_backup = time.monotonic() - began
    await busy
    await scene.publish_all(after)
    exposed = time.monotonic() - began
    began = time.monotonic()
    options = PlatformOptions(data_dir=empty_folder, fast=True)
    restored = await asyncio.to_thread(restore_all, taken.folder, options, PASSPHRASE, in_silence())
    async with embedded_platform(empty_folder, topology.SERVICES, fast=True) as platform:
        again = Scene(platform, scene.seed, scene.district, scene.folder)
        try:
            await again.settled()
            rto = time.monotonic() - began
            await assert_contradicts_nothing(again, before, [*during, *after], restored)
            await nothing_wrong(platform)
        finally:
            await again.close()
    print(
        f"backup {took_backup:.1f} s, {taken.bytes / 2**20:.1f} MB; RPO {exposed:.1f} s (from its begin to the loss);"
        f" RTO {rto:.1f} s (restore, start, settled)"
    )
    assert rto < RTO_AT_MOST


async def assert_contradicts_nothing(
    scene: Scene, safe: Sequence[UUID], unsure: Sequence[UUID], restored: dict[str, Restored]
) -> None:
    """What was published before the backup began is there once; of the rest everything, nothing, or a line on the
    list. Logs and inboxes have no holes, nothing is parked, credit is what the log tells."""
    listed = {line["aggregate_id"] for line in orjson.loads(restored["results"].reentry.read_bytes())["events"]}
    finals = {final.result_id: final for final in await scene.books.finals(scene.seed, [*safe, *unsure])}
    for result_id in map(str, safe):
        final = finals[result_id]
        assert {final.published, final.told, final.audited, final.credited, final.entries} == {1}, final
    known = [str(one) for one in unsure if str(one) in finals and str(one) not in listed]
    for final in (finals[result_id] for result_id in known):
        traces = {final.published, final.told, final.audited, final.credited, final.entries}
        assert traces in ({0}, {1}), final
    assert (await scene.books.state()).broken() == []
    told = await scene.books.credit_as_the_log_tells(scene.district)
    assert (await scene.books.credit_as_it_stands(scene.district)).digest == told.digest


@pytest.mark.slow
@pytest.mark.parametrize("service", topology.SERVICES)
@pytest.mark.parametrize("broker", ["whole", "wiped"])
async def test_one_service_from_an_older_backup_goes_on_where_the_others_heard_it(
    scene: Scene, service: str, broker: str
) -> None:
    """REL26: its later events come from the stream, or where the broker is gone too their numbers from those who heard
    them; nobody's log diverges, and what it told without business rows is listed."""
    earlier, later = await scene.approved(4), await scene.approved(4)
    await scene.publish_all(earlier)
    await scene.settled()
    taken = await backed_up(scene)
    await scene.publish_all(later)
    tells = OWN_FACT.format(service) in EVENTS
    if tells:
        await tell(scene.platform, service, scene.district, 3)
    await scene.settled()
    began = time.monotonic()
    restored = await lost_and_restored(scene, service, taken, broker)
    await scene.settled(60)
    rto = time.monotonic() - began
    one = restored.continued
    print(
        f"{service}, broker {broker}: RTO {rto:.1f} s, {one.head}→{one.top}, {len(one.told)} told, {len(one.lost)} lost"
    )
    is_heard = any(service in producers for producers in topology.HEARS.values())
    if broker == "whole":
        assert (one.top >= one.head + 3, one.lost) == (tells, ())
    else:
        assert (one.top >= one.head + 3, len(one.told)) == (tells and is_heard, 0)
        assert len(one.lost) == one.top - one.head
    assert one.log_epoch > 1
    assert (await scene.books.state()).broken() == []
    if service == "results" and broker == "whole":
        listed = {line["aggregate_id"] for line in orjson.loads(restored.reentry.read_bytes())["events"]}
        assert listed >= {str(result_id) for result_id in later}
    await goes_on(scene, service, broker, [*earlier, *later])


async def lost_and_restored(scene: Scene, service: str, taken: Taken, broker: str) -> Restored:
    """The service's database is gone for good, with `wiped` the broker's store as well."""
    platform = scene.platform
    await scene.hands(platform.stop_process, service)
    await scene.books.close()
    scene.books = Books(platform)
    await drop(platform, database_name(service))
    if broker == "wiped":
        await scene.hands(platform.stop_process, "nats")
        shutil.rmtree(store_of(platform))
        await scene.hands(platform.start_process, "nats")
        await provision(platform)
    restored = await restore_one(platform.site, service, taken.folder, in_silence())
    await scene.hands(platform.start_process, service)
    return restored


async def drop(platform: EmbeddedPlatform, database: str) -> None:
    admin = await asyncpg.connect(platform.admin_dsn)
    try:
        await admin.execute(f'DROP DATABASE "{database}" WITH (FORCE)')
    finally:
        await admin.close()


async def goes_on(scene: Scene, service: str, broker: str, old: Sequence[UUID]) -> None:
    """New results are published and credited once; whatever else, credit is what the log tells of those."""
    fresh = await scene.approved(3)
    await scene.publish_all(fresh)
    await scene.settled()
    for final in await scene.books.finals(scene.seed, fresh):
        assert {final.published, final.told, final.audited, final.credited, final.entries} == {1}, final

    async def all_ready() -> bool:
        checks = await examine(scene.platform.site, scene.platform.nats_monitor_url)
        return not {check.id for check in checks if check.verdict is Verdict.WRONG} - NOT_DURABLE_BY_WISH

    await until_true(all_ready, 30, "doctor still finds something")
    if service == "results" and broker == "wiped":
        return  # bodies of its later events are gone for good: the log tells less than credit applied
    told = await scene.books.credit_as_the_log_tells(scene.district)
    stands = await scene.books.credit_as_it_stands(scene.district)
    assert len(stands.sections["records"]) == len(old) + len(fresh)
    assert stands.digest == told.digest
