"""Draw (抽取): pools frozen, ceremonies held, results that anyone can check, visits assigned."""

from __future__ import annotations

from services.draw.adapters.registry_client import RegistryClient
from services.draw.api import (
    beacon_files,
    ceremony,
    draws,
    fairness,
    log,
    no_disturb,
    pools,
    public_side,
    recusals,
    substitutions,
    tasks,
    visits,
)
from services.draw.messaging.handlers import PLANNING_HANDLERS, REGISTRY_HANDLERS, RESULTS_HANDLERS
from services.draw.settings import DrawSettings
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.watch_beacons import watch_beacon_drop
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def with_registry(process: Process) -> UnitOfWorkFactory:
    """Gives every unit of work the client of registry."""
    registry = RegistryClient(process.peers["registry"])

    def open_work(principal: Principal) -> DrawUnitOfWork:
        return DrawUnitOfWork(process.database, principal, registry)

    return open_work


SERVICE = Service(
    name="draw",
    title="抽取服务",
    settings=DrawSettings,
    unit_of_work=DrawUnitOfWork,
    routers=[
        tasks.router,
        recusals.router,
        no_disturb.router,
        pools.router,
        draws.router,
        ceremony.router,
        beacon_files.router,
        log.router,
        visits.router,
        substitutions.router,
        fairness.router,
        visits.internal,
        public_side.internal,
    ],
    hears={"planning": PLANNING_HANDLERS, "registry": REGISTRY_HANDLERS, "results": RESULTS_HANDLERS},
    asks=("registry",),
    answers=("planning", "results", "disclosure"),
    jobs=[watch_beacon_drop],
    personal_reads=frozenset({"/v1/recusals", "/v1/substitutions/{substitution_id}"}),
    extend=with_registry,
)

if __name__ == "__main__":
    run(SERVICE)
