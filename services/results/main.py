"""Results (检查结果): inspections recorded by their inspectors, reviewed, published, corrected, withdrawn."""

from services.results.adapters.registry_client import RegistryClient
from services.results.api import acts, codes, results, visits
from services.results.messaging.handlers import DRAW_HANDLERS, PLANNING_HANDLERS
from services.results.settings import ResultsSettings
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def with_registry(process: Process) -> UnitOfWorkFactory:
    """Gives every unit of work the client of registry."""
    registry = RegistryClient(process.peers["registry"])

    def open_work(principal: Principal) -> ResultsUnitOfWork:
        return ResultsUnitOfWork(process.database, principal, registry)

    return open_work


SERVICE = Service(
    name="results",
    title="检查结果服务",
    settings=ResultsSettings,
    unit_of_work=ResultsUnitOfWork,
    routers=[visits.router, results.router, acts.router, codes.router],
    hears={"draw": DRAW_HANDLERS, "planning": PLANNING_HANDLERS},
    asks=("registry",),
    answers=("registry", "planning", "draw", "credit"),
    extend=with_registry,
)

if __name__ == "__main__":
    run(SERVICE)
