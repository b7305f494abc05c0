"""Where machine clients and the changes proposed of them are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.domain.clients import (
    Allowance,
    ChangeKind,
    ChangeState,
    Client,
    ClientChange,
    ClientState,
    Secret,
)

_CLIENT = (
    "client_id, name, district, department, scopes, secret_hash, sealed_secret, before_hash, before_sealed,"
    " before_until, per_minute, per_day, addresses, state, version"
)
_CHANGE = (
    "id, district, client_id, kind, reason, proposed_by, proposed_at, scopes, per_minute, per_day, addresses,"
    " secret_hash, sealed_secret, state, decided_by, decided_at"
)
_ARRAYS = {"scopes", "addresses"}


class ClientStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, client_id: str, *, for_update: bool = False) -> Client | None:
        lock = " FOR UPDATE" if for_update else ""
        found = await self._connection.execute(
            text(f"SELECT {_CLIENT} FROM clients WHERE client_id = :client_id{lock}"),  # noqa: S608 - constants only
            {"client_id": client_id},
        )
        row = found.one_or_none()
        return None if row is None else client_of(dict(row._mapping))

    async def page(self, district: str, size: int, after: str) -> Sequence[Client]:
        found = await self._connection.execute(
            text(
                f"SELECT {_CLIENT} FROM clients WHERE district = :district AND client_id > :after"  # noqa: S608
                " ORDER BY client_id LIMIT :size"
            ),
            {"district": district, "after": after, "size": size},
        )
        return [client_of(dict(row._mapping)) for row in found]

    async def add(self, client: Client) -> None:
        await self._connection.execute(text(_insert("clients", _CLIENT)), _client_values(client))

    async def save(self, client: Client) -> None:
        values = _client_values(client)
        settings = ", ".join(f"{name} = {_placed(name)}" for name in values if name != "client_id")
        await self._connection.execute(
            text(f"UPDATE clients SET {settings} WHERE client_id = :client_id"),  # noqa: S608 - column names
            values,
        )

    # Changes

    async def change(self, change_id: UUID) -> ClientChange | None:
        found = await self._connection.execute(
            text(f"SELECT {_CHANGE} FROM client_changes WHERE id = :id FOR UPDATE"),  # noqa: S608 - constants only
            {"id": change_id},
        )
        row = found.one_or_none()
        return None if row is None else _change_of(dict(row._mapping))

    async def waits(self, client_id: str) -> bool:
        """Whether a change of this client waits for its decision."""
        found = await self._connection.execute(
            text("SELECT EXISTS (SELECT FROM client_changes WHERE client_id = :client_id AND state = 'proposed')"),
            {"client_id": client_id},
        )
        return bool(found.scalar_one())

    async def changes(
        self, district: str, size: int, after: UUID | None, state: ChangeState | None
    ) -> Sequence[ClientChange]:
        """The newest first."""
        found = await self._connection.execute(
            text(
                f"SELECT {_CHANGE} FROM client_changes WHERE district = :district"  # noqa: S608 - constants only
                " AND (CAST(:after AS uuid) IS NULL OR id < :after)"
                " AND (CAST(:state AS text) IS NULL OR state = :state)"
                " ORDER BY id DESC LIMIT :size"
            ),
            {"district": district, "after": after, "state": state, "size": size},
        )
        return [_change_of(dict(row._mapping)) for row in found]

    async def propose(self, change: ClientChange) -> None:
        await self._connection.execute(text(_insert("client_changes", _CHANGE)), _change_values(change))

    async def decide(self, change: ClientChange) -> None:
        """The decision; the secret that was proposed now stands with the client, or nowhere."""
        await self._connection.execute(
            text(
                "UPDATE client_changes SET state = :state, decided_by = :decided_by, decided_at = :decided_at,"
                " secret_hash = NULL, sealed_secret = NULL WHERE id = :id"
            ),
            {
                "id": change.id,
                "state": change.state,
                "decided_by": change.decided_by,
                "decided_at": change.decided_at,
            },
        )


def _placed(name: str) -> str:
    return f"CAST(:{name} AS text[])" if name in _ARRAYS else f":{name}"


def _insert(table: str, columns: str) -> str:
    places = ", ".join(_placed(name) for name in columns.split(", "))
    return f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - constants only


def client_of(row: Mapping[str, Any]) -> Client:
    """A client from a row of its columns."""
    before = row["before_hash"]
    return Client(
        client_id=row["client_id"],
        name=row["name"],
        district=row["district"],
        department=row["department"],
        scopes=frozenset(row["scopes"]),
        secret=Secret(row["secret_hash"], row["sealed_secret"]),
        allowance=Allowance(row["per_minute"], row["per_day"], tuple(row["addresses"])),
        state=ClientState(row["state"]),
        before=None if before is None else Secret(before, row["before_sealed"]),
        before_until=row["before_until"],
        version=row["version"],
    )


def _client_values(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "district": client.district,
        "department": client.department,
        "scopes": sorted(client.scopes),
        "secret_hash": client.secret.hash,
        "sealed_secret": client.secret.sealed,
        "before_hash": client.before.hash if client.before else None,
        "before_sealed": client.before.sealed if client.before else None,
        "before_until": client.before_until,
        "per_minute": client.allowance.per_minute,
        "per_day": client.allowance.per_day,
        "addresses": list(client.allowance.addresses),
        "state": client.state,
        "version": client.version,
    }


def _change_of(row: Mapping[str, Any]) -> ClientChange:
    limits, secret = row["per_minute"], row["secret_hash"]
    decided = ChangeState(row["state"]) is not ChangeState.PROPOSED
    return ClientChange(
        id=row["id"],
        district=row["district"],
        client_id=row["client_id"],
        kind=ChangeKind(row["kind"]),
        reason=row["reason"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        scopes=frozenset(row["scopes"]),
        allowance=None if limits is None else Allowance(limits, row["per_day"], tuple(row["addresses"])),
        secret=_GONE if decided else None if secret is None else Secret(secret, row["sealed_secret"]),
        state=ChangeState(row["state"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )


_GONE = Secret("", None)
"""In place of a secret whose change was decided: it is kept with the client alone."""


def _change_values(change: ClientChange) -> dict[str, Any]:
    limits = change.allowance
    return {
        "id": change.id,
        "district": change.district,
        "client_id": change.client_id,
        "kind": change.kind,
        "reason": change.reason,
        "proposed_by": change.proposed_by,
        "proposed_at": change.proposed_at,
        "scopes": sorted(change.scopes),
        "per_minute": limits.per_minute if limits else None,
        "per_day": limits.per_day if limits else None,
        "addresses": list(limits.addresses) if limits else [],
        "secret_hash": change.secret.hash if change.secret else None,
        "sealed_secret": change.secret.sealed if change.secret else None,
        "state": change.state,
        "decided_by": change.decided_by,
        "decided_at": change.decided_at,
    }
