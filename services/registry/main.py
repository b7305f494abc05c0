"""Registry (名录库): who is supervised, who inspects, which department answers."""

from __future__ import annotations

from services.registry.api import (
    completeness,
    departments,
    duties,
    entities,
    experts,
    import_jobs,
    import_sheets,
    inspectors,
    internal,
    leaves,
    libraries,
    library_differences,
    library_reviews,
    marks,
    overlaps,
    regions,
    vacuum,
)
from services.registry.messaging.handlers import HEARS
from services.registry.settings import RegistrySettings
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.work_imports import work_imports
from shared.runtime.principal import Principal
from shared.runtime.run import run
from shared.runtime.service import Process, Service, UnitOfWorkFactory


def _units(process: Process) -> UnitOfWorkFactory:
    def open_unit(principal: Principal) -> RegistryUnitOfWork:
        return RegistryUnitOfWork(process.database, principal, process.files)

    return open_unit


SERVICE = Service(
    name="registry",
    title="名录库服务",
    settings=RegistrySettings,
    unit_of_work=RegistryUnitOfWork,
    routers=[
        departments.router,
        regions.router,
        entities.router,
        inspectors.router,
        experts.router,
        libraries.router,
        import_jobs.router,
        import_sheets.router,
        internal.router,
        overlaps.router,
        marks.router,
        duties.router,
        leaves.router,
        library_differences.router,
        library_reviews.router,
        completeness.router,
        vacuum.router,
    ],
    hears=HEARS,
    answers=("planning", "draw", "results", "credit", "disclosure"),
    jobs=[work_imports],
    personal_reads=frozenset({"/v1/inspectors/{inspector_id}", "/v1/experts/{expert_id}"}),
    extend=_units,
)

if __name__ == "__main__":
    run(SERVICE)
