"""`ssj rotate-keys`: a new sealing key for each service while the platform runs, and every sealed column under it.

The new key goes in front, so it seals; all others stay and open what they sealed: the registry's marks hang on the
oldest, and append-only rows and sealed files stay as they were written. Each service is restarted in turn.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
from cryptography.exceptions import InvalidTag

from cli.ops.answer import Answer, CouldNot, Exit, ProgressKind, Steps, steps
from cli.ops.processes import restart
from deploy.embedded.attach import attach
from deploy.embedded.layout import write_private_bytes
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import Site, driver_url
from shared.runtime.database import Database
from shared.runtime.principal import OPERATIONS, Principal
from shared.runtime.sealed import SealKeys
from shared.runtime.unit_of_work import UnitOfWork

AT_ONCE: Final = 500
ANSWERS: Final = "credit"
_COLUMNS = (
    "SELECT c.oid::regclass::text AS table_name, a.attname AS column_name FROM pg_class c"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.atttypid = 'bytea'::regtype"
    " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2"
)
_OLD = 'SELECT ctid, "{column}" AS sealed FROM {table} WHERE substring("{column}" FROM 1 FOR $1) = $2 LIMIT $3'
_MOVE = 'UPDATE {table} SET "{column}" = $1 WHERE ctid = $2 AND "{column}" = $3'
_COUNT = 'SELECT count(*) FROM {table} WHERE substring("{column}" FROM 1 FOR $1) = $2'


@dataclass(frozen=True, slots=True)
class RotateSealKey:
    """What the audit row names: the key's id, never the key."""

    service: str
    key_id: str


@dataclass(slots=True)
class Rotated:
    """One service: the new key's id, values now under it, and what stays under older keys, by `table.column`."""

    service: str
    key_id: str
    moved: int = 0
    kept: dict[str, int] = field(default_factory=dict)


def add_key(file: Path, letter: str) -> str:
    """Puts a new key in front of a key file; returns its id, one above the highest there."""
    lines = [line for line in file.read_text("ascii").splitlines() if line.strip()]
    numbers = [int(line.split()[0].removeprefix(letter)) for line in lines]
    key_id = f"{letter}{max(numbers, default=0) + 1}"
    new = f"{key_id} {base64.b64encode(secrets.token_bytes(32)).decode()}"
    write_private_bytes(file, "".join(f"{line}\n" for line in (new, *lines)).encode())
    return key_id


async def move_columns(driver: asyncpg.Connection[Any], keys: SealKeys, rotated: Rotated) -> None:
    """Every sealed column under the first key, some rows at a time; a row changed meanwhile is met again."""
    older = list(keys.keys)[1:]
    for row in await driver.fetch(_COLUMNS):
        where = {"table": row["table_name"], "column": row["column_name"]}
        for key_id in older:
            prefix = f"{key_id}:".encode()
            rotated.moved += await _move(driver, keys, where, prefix)
            if left := await driver.fetchval(_COUNT.format(**where), len(prefix), prefix):
                rotated.kept[f"{where['table']}.{where['column']}"] = left


async def _move(driver: asyncpg.Connection[Any], keys: SealKeys, where: dict[str, str], prefix: bytes) -> int:
    moved = 0
    while rows := await driver.fetch(_OLD.format(**where), len(prefix), prefix, AT_ONCE):
        try:
            async with driver.transaction():
                done = sum([await _move_one(driver, keys, where, row) for row in rows])
        except asyncpg.RaiseError:
            return moved  # an append-only table
        if not done:
            return moved
        moved += done
    return moved


async def _move_one(driver: asyncpg.Connection[Any], keys: SealKeys, where: dict[str, str], row: asyncpg.Record) -> int:
    sealed = bytes(row["sealed"])
    try:
        clear = keys.open(sealed)
    except (InvalidTag, ValueError):
        return 0  # bytes that only look sealed
    told = await driver.execute(_MOVE.format(**where), keys.seal(clear), row["ctid"], sealed)
    return int(told.rpartition(" ")[2])


async def _audit(site: Site, rotated: Rotated) -> None:
    database = Database(driver_url(site.database_url(rotated.service)), pool_size=1)
    who = Principal("ssj", site.district, roles=frozenset({OPERATIONS}))
    try:
        async with UnitOfWork(database, who) as work:
            work.acting("rotate_seal_key", RotateSealKey(rotated.service, rotated.key_id))
            await work.commit()
    finally:
        await database.close()


async def rotate(site: Site, service: str) -> Rotated:
    """New key, restart, every column that may change; an audit row in the service's own trail."""
    key_file = site.data.seal_key(service)
    rotated = Rotated(service, add_key(key_file, "k"))
    if service == ANSWERS:
        add_key(site.data.answer_keys, "a")
    await restart(site, service)
    driver: asyncpg.Connection[Any] = await asyncpg.connect(
        dsn_of(site.admin_dsn, database_name(service)), timeout=5, command_timeout=60
    )
    try:
        await move_columns(driver, SealKeys.load(key_file), rotated)
    finally:
        await driver.close()
    await _audit(site, rotated)
    return rotated


async def _rotate_all(site: Site, names: Sequence[str], progress: Steps) -> list[Rotated]:
    done = []
    for name in names:
        progress.at(f"服务 {name}")
        done.append(await rotate(site, name))
    return done


def rotate_keys(data: Path, service: str | None, progress: ProgressKind) -> Answer:
    """Exit 0 when done; 2 when a service could not be restarted (its new key stands in the file all the same)."""
    site = attach(data)
    if service is not None and service not in site.ports:
        raise CouldNot("ssj.unknown_service", f"服务 {service} 不在运行之列")
    names = sorted(site.ports) if service is None else [service]
    with steps(progress, len(names)) as told:
        done = asyncio.run(_rotate_all(site, names, told))
    said = [
        f"{one.service}：新密钥 {one.key_id}，重新加密 {one.moved} 项，仍在旧密钥之下 {sum(one.kept.values())} 项"
        for one in done
    ]
    return Answer(Exit.FINE, {"services": [asdict(one) for one in done]}, said=tuple(said))
