"""Registry (名录库): who is supervised, who inspects, which department answers."""

from services.registry.api import departments
from services.registry.settings import RegistrySettings
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from shared.runtime.run import run
from shared.runtime.service import Service

SERVICE = Service(
    name="registry",
    title="名录库服务",
    settings=RegistrySettings,
    unit_of_work=RegistryUnitOfWork,
    routers=[departments.router],
    answers=("planning", "draw", "results", "credit"),
)

if __name__ == "__main__":
    run(SERVICE)
