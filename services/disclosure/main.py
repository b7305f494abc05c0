"""Disclosure (公示): the public side. A read model of everything public, and nothing else; it decides nothing."""

from __future__ import annotations

from typing import cast

from services.disclosure.adapters.draw import DrawClient
from services.disclosure.adapters.registry import RegistryClient
from services.disclosure.adapters.results import ResultsClient
from services.disclosure.adapters.results_desk import ResultsDesk
from services.disclosure.api.problem_pages import ProblemPages
from services.disclosure.api.routers import ROUTERS
from services.disclosure.messaging import HEARS
from services.disclosure.settings import DisclosureSettings
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork, Surroundings
from services.disclosure.usecases.keep_draws import settle_draws
from services.disclosure.usecases.keep_terms import keep_terms
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def open_units(process: Process) -> UnitOfWorkFactory:
    """Units of work that share the clients of the owners of public bodies, the files and the terms."""
    settings = cast(DisclosureSettings, process.settings)
    around = Surroundings(
        registry=RegistryClient(process.peers["registry"]),
        results=ResultsClient(process.peers["results"]),
        files=process.files,
        draws=DrawClient(process.peers["draw"]),
        desk=ResultsDesk(process.peers["results"]),
        result_months=settings.result_public_months,
    )

    def open_unit(principal: Principal) -> DisclosureUnitOfWork:
        return DisclosureUnitOfWork(process.database, principal, around)

    return open_unit


SERVICE = Service(
    name="disclosure",
    title="公示服务",
    settings=DisclosureSettings,
    unit_of_work=DisclosureUnitOfWork,
    routers=ROUTERS,
    hears=HEARS,
    jobs=[keep_terms, settle_draws],
    asks=("registry", "results"),
    extend=open_units,
    wrap=lambda app, _: ProblemPages(app),
)

if __name__ == "__main__":
    run(SERVICE)
