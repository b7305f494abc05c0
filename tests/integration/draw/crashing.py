"""One use case of draw in a process of its own, so that it can die at a crash point: `python -m … ACT JSON`.

The environment is the service's own; `CRASH_AT` names the point. Exit 137 there, 0 if the act was done.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from services.draw.api.bodies import PoolIn
from services.draw.settings import DrawSettings
from services.draw.storage.unit_of_work import DrawUnitOfWork
from services.draw.usecases.commit_pool import CommitPool, commit_pool
from services.draw.usecases.decide_substitution import ApproveSubstitution, approve_substitution
from services.draw.usecases.freeze_pool import freeze_pool
from services.draw.usecases.run_draw import RunDraw, run_draw
from shared.runtime.database import Database
from shared.runtime.principal import JOINT_OFFICE, Principal
from shared.runtime.sealed import SealKeys, use_seal_keys
from tests.builders.draw import a_registry

Act = Callable[[Any, DrawUnitOfWork], Awaitable[Any]]
ACTS: dict[str, tuple[Act, Callable[[Any], Any]]] = {
    "freeze": (freeze_pool, lambda body: PoolIn.model_validate(body).command()),
    "commit": (commit_pool, lambda body: CommitPool(UUID(body["draw_id"]))),
    "approve": (approve_substitution, lambda body: ApproveSubstitution(UUID(body["request_id"]))),
    "result": (run_draw, lambda body: RunDraw(UUID(body["draw_id"]))),
}


async def main(act: str, district: str, body: dict[str, Any]) -> None:
    settings = DrawSettings()
    use_seal_keys(SealKeys.load(settings.seal_key_file))
    database = Database(settings.database_url.get_secret_value())
    officer = Principal("officer:crashing", district, "LXB", frozenset({JOINT_OFFICE}))
    use_case, command = ACTS[act]
    await use_case(command(body), DrawUnitOfWork(database, officer, a_registry()))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
