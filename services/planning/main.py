"""Planning (计划): item lists, plans that obey the rules, tasks for the draw."""

from services.planning.api import internal, item_lists, items, plans, rules, tasks
from services.planning.messaging.handlers import DRAW, RESULTS
from services.planning.settings import PlanningSettings
from services.planning.storage.unit_of_work import PlanningUnitOfWork
from shared.runtime.run import run
from shared.runtime.service import Service

SERVICE = Service(
    name="planning",
    title="清单与计划服务",
    settings=PlanningSettings,
    unit_of_work=PlanningUnitOfWork,
    routers=[item_lists.router, items.router, plans.router, tasks.router, rules.router, internal.router],
    hears={"draw": DRAW, "results": RESULTS},
    answers=("draw", "results"),
)

if __name__ == "__main__":
    run(SERVICE)
