"""Where resets of a second factor are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.clients import ChangeState
from gateway.domain.resets import SecondFactorReset

_COLUMNS = "id, district, login, reason, proposed_by, proposed_at, state, decided_by, decided_at"


class ResetStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, reset_id: UUID) -> SecondFactorReset | None:
        """For a decision: locked."""
        found = await self._connection.execute(
            text(f"SELECT {_COLUMNS} FROM second_factor_resets WHERE id = :id FOR UPDATE"),  # noqa: S608 - constants
            {"id": reset_id},
        )
        row = found.one_or_none()
        return None if row is None else _reset(row)

    async def waits(self, login: str) -> bool:
        found = await self._connection.execute(
            text("SELECT EXISTS (SELECT FROM second_factor_resets WHERE login = :login AND state = 'proposed')"),
            {"login": login},
        )
        return bool(found.scalar_one())

    async def page(self, size: int, before: UUID | None) -> Sequence[SecondFactorReset]:
        """Newest first."""
        found = await self._connection.execute(
            text(
                f"SELECT {_COLUMNS} FROM second_factor_resets"  # noqa: S608 - constants only
                " WHERE CAST(:before AS uuid) IS NULL OR id < :before ORDER BY id DESC LIMIT :size"
            ),
            {"before": before, "size": size},
        )
        return [_reset(row) for row in found]

    async def propose(self, reset: SecondFactorReset) -> None:
        await self._connection.execute(
            text(
                "INSERT INTO second_factor_resets (id, district, login, reason, proposed_by, proposed_at, state)"
                " VALUES (:id, :district, :login, :reason, :proposed_by, :proposed_at, :state)"
            ),
            {
                "id": reset.id,
                "district": reset.district,
                "login": reset.login,
                "reason": reset.reason,
                "proposed_by": reset.proposed_by,
                "proposed_at": reset.proposed_at,
                "state": reset.state,
            },
        )

    async def decide(self, reset: SecondFactorReset) -> None:
        await self._connection.execute(
            text("UPDATE second_factor_resets SET state = :state, decided_by = :by, decided_at = :at WHERE id = :id"),
            {"state": reset.state, "by": reset.decided_by, "at": reset.decided_at, "id": reset.id},
        )


def _reset(row: Any) -> SecondFactorReset:
    return SecondFactorReset(**dict(row._mapping) | {"state": ChangeState(row.state)})
