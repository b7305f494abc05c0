"""Figures that no single act knows (`promises` section 8): how long events wait, what is parked, how old the last
checkpoint is. The worker looks every few seconds; between two looks the last figure stands."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import Gauge
from sqlalchemy import text

from shared.runtime.bus import BusUnavailable
from shared.runtime.metrics import DEAD_LETTERS

if TYPE_CHECKING:
    from shared.runtime.service import Process

OUTBOX_OLDEST = Gauge("ssj_outbox_oldest_seconds", "Age of the oldest event without a number; 0 if none", ["service"])
CHECKPOINT_AGE = Gauge(
    "ssj_checkpoint_age_seconds", "Age of the oldest sealed row under no signed checkpoint; 0 if none", ["service"]
)
POOL_IN_USE = Gauge("ssj_db_pool_in_use", "Database connections in use", ["service"])
CONSUMER_WAITING = Gauge(
    "ssj_consumer_waiting",
    "Events the broker holds for this consumer and it has not confirmed",
    ["consumer", "producer"],
)
LOOKED = Gauge("ssj_figures_looked_seconds", "Unix time of the last look at these figures", ["service"])
PAUSE: Final = 15.0
_log = structlog.get_logger()
_AGES: Final = text(
    "SELECT (SELECT coalesce(extract(epoch FROM now() - min(occurred_at)), 0) FROM outbox_waits) AS outbox,"
    " (SELECT coalesce(extract(epoch FROM now() - min(sealed_at)), 0) FROM audit_places"
    "  WHERE seq > coalesce((SELECT max(size) FROM audit_checkpoints), 0)) AS checkpoint"
)
_PARKED: Final = text("SELECT producer, count(*) AS n FROM dead_letters WHERE redriven_at IS NULL GROUP BY producer")


async def tell_figures(process: Process) -> None:
    """Runs until cancelled. A look that fails leaves `ssj_figures_looked_seconds` behind, which raises the alarm."""
    while True:
        try:
            await look_once(process)
        except Exception as error:  # whatever it was: figures are no reason to end a worker
            _log.warning("figures.look_failed", kind=type(error).__name__)
        await asyncio.sleep(PAUSE)


async def look_once(process: Process) -> None:
    """One look at the database, the broker and the pool."""
    name = process.service.name
    async with process.work() as work:
        ages = (await work.connection.execute(_AGES)).one()
        parked = {row.producer: row.n for row in await work.connection.execute(_PARKED)}
    OUTBOX_OLDEST.labels(name).set(float(ages.outbox))
    CHECKPOINT_AGE.labels(name).set(float(ages.checkpoint))
    for producer in process.service.hears:
        DEAD_LETTERS.labels(name, producer).set(parked.get(producer, 0))
    POOL_IN_USE.labels(name).set(process.database.engine.pool.checkedout())  # type: ignore[attr-defined]
    for lane in process.lanes:
        CONSUMER_WAITING.labels(name, lane.producer).set(await _waiting_for(process, lane.producer))
    LOOKED.labels(name).set(time.time())


async def _waiting_for(process: Process, producer: str) -> int:
    """Events the broker holds for this consumer: not delivered yet, or delivered and not confirmed."""
    if process.bus is None:
        raise BusUnavailable("not connected")
    state = await process.bus.info(f"CONSUMER.INFO.{producer.upper()}.{process.service.name}-from-{producer}")
    if "error" in state:
        raise BusUnavailable(str(state["error"].get("description")))
    return int(state["num_pending"]) + int(state["num_ack_pending"])
