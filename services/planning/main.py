"""Planning (计划): item lists, plans that obey the rules, tasks for the draw."""

from services.planning.adapters.registry_client import RegistryClient
from services.planning.api import (
    duty_bases,
    exports,
    internal,
    item_lists,
    items,
    joint_lists,
    leads,
    limit_overrides,
    list_comparisons,
    merges,
    plans,
    rules,
    tasks,
    vacuum,
    what_if,
)
from services.planning.messaging.handlers import DRAW, RESULTS
from services.planning.settings import PlanningSettings
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def with_registry(process: Process) -> UnitOfWorkFactory:
    """Gives every unit of work the client of registry."""
    registry = RegistryClient(process.peers["registry"])

    def open_work(principal: Principal) -> PlanningUnitOfWork:
        return PlanningUnitOfWork(process.database, principal, registry)

    return open_work


SERVICE = Service(
    name="planning",
    title="清单与计划服务",
    settings=PlanningSettings,
    unit_of_work=PlanningUnitOfWork,
    routers=[
        exports.router,
        item_lists.router,
        list_comparisons.router,
        joint_lists.router,
        items.router,
        duty_bases.router,
        plans.router,
        merges.router,
        what_if.router,
        tasks.router,
        leads.router,
        rules.router,
        limit_overrides.router,
        vacuum.router,
        internal.router,
    ],
    hears={"draw": DRAW, "results": RESULTS},
    asks=("registry",),
    answers=("draw", "results", "disclosure", "exchange"),
    extend=with_registry,
)

if __name__ == "__main__":
    run(SERVICE)
