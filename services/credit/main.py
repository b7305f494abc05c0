"""Credit (信用): facts, credit records, classes, lists, measures and flags, and who is restricted where."""

from services.credit.adapters.registry import RegistryClient
from services.credit.api import fact_imports, listings, records, restrictions
from services.credit.messaging.handlers import FROM_REGISTRY, FROM_RESULTS
from services.credit.settings import CreditSettings
from services.credit.storage.rulebooks import RuleShelf
from services.credit.storage.unit_of_work import CreditUnitOfWork
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def open_units(process: Process) -> UnitOfWorkFactory:
    """Units of work that share registry's client and the rules read so far."""
    client, shelf = RegistryClient(process.peers["registry"]), RuleShelf()

    def open_unit(principal: Principal) -> CreditUnitOfWork:
        return CreditUnitOfWork(process.database, principal, client, shelf)

    return open_unit


SERVICE = Service(
    name="credit",
    title="信用服务",
    settings=CreditSettings,
    unit_of_work=CreditUnitOfWork,
    routers=[records.router, restrictions.router, listings.router, fact_imports.router],
    hears={"results": FROM_RESULTS, "registry": FROM_REGISTRY},
    asks=("registry",),
    answers=("registry",),
    extend=open_units,
)

if __name__ == "__main__":
    run(SERVICE)
