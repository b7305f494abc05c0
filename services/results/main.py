"""Results (检查结果): inspections recorded by their inspectors, reviewed, published, corrected, withdrawn."""

from services.results.adapters.evidence_files import evidence_store
from services.results.adapters.planning_client import PlanningClient
from services.results.adapters.registry_client import RegistryClient
from services.results.api.routers import ROUTERS
from services.results.messaging.handlers import DRAW_HANDLERS, PLANNING_HANDLERS
from services.results.settings import ResultsSettings
from services.results.storage.unit_of_work import ResultsUnitOfWork
from services.results.usecases.clear_evidence import clear_evidence
from services.results.usecases.deadline_figures import tell_deadlines
from services.results.usecases.take_in_imports import take_in_imports
from services.results.usecases.watch_deadlines import watch_deadlines
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def with_clients(process: Process) -> UnitOfWorkFactory:
    """Gives every unit of work the clients of registry and planning, and the store of evidence."""
    registry, planning = RegistryClient(process.peers["registry"]), PlanningClient(process.peers["planning"])
    files = evidence_store(process.settings)

    def open_work(principal: Principal) -> ResultsUnitOfWork:
        return ResultsUnitOfWork(process.database, principal, registry, planning, files)

    return open_work


SERVICE = Service(
    name="results",
    title="检查结果服务",
    settings=ResultsSettings,
    unit_of_work=ResultsUnitOfWork,
    routers=ROUTERS,
    hears={"draw": DRAW_HANDLERS, "planning": PLANNING_HANDLERS},
    asks=("registry", "planning"),
    answers=("registry", "planning", "draw", "credit", "disclosure", "exchange"),
    jobs=[watch_deadlines, tell_deadlines, take_in_imports, clear_evidence],
    personal_reads=frozenset(
        {
            "/v1/results/{result_id}/evidence/{digest}/content",
            "/v1/results/{result_id}/signatures",
            "/v1/visits/{visit_id}/code",
        }
    ),
    extend=with_clients,
)

if __name__ == "__main__":
    run(SERVICE)
