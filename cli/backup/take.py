"""`ssj backup --to FOLDER`: while the platform runs. Each database is one snapshot; they are of different instants.

So the ends of all logs are read once more when the last dump is done: whatever a consumer's dump has applied, its
producer's end tells of.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg

from cli.backup import manifest as manifests
from cli.backup.keys import wrap
from cli.backup.programs import dump
from cli.ops.answer import Answer, CouldNot, Exit, ProgressKind, Steps, steps
from cli.ops.status import BACKUP_MARK
from deploy import topology
from deploy.embedded.attach import attach
from deploy.embedded.layout import write_json
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import Site
from shared.runtime.outbox import feed_json, numbered_after

AT_ONCE: Final = 2
_STEPS_BESIDES: Final = 3
_HAS_LOG = "SELECT to_regclass('outboxes') IS NOT NULL"
_STANDS = "SELECT greatest(numbered_seq, (SELECT coalesce(max(producer_seq), 0) FROM outboxes)) FROM relay_states"
_NOW = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_END_AT_A_TIME: Final = 5_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished backup. `bytes` is what lies in the folder."""

    folder: Path
    manifest: manifests.Manifest
    bytes: int


def take(site: Site, to: Path, passphrase: str, progress: Steps) -> Taken:
    """Raises CouldNot: the folder is there already, or a program failed (nothing is left of it then)."""
    if to.exists():
        raise CouldNot("ssj.backup_exists", f"{to} 已存在，请换一个目录")
    draft = to.with_name(f".{to.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    try:
        manifest = _fill(site, draft, passphrase, progress)
        manifests.write(draft, manifest)
        draft.rename(to)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    size = sum(path.stat().st_size for path in to.rglob("*") if path.is_file())
    return Taken(to, manifest, size)


def _fill(site: Site, draft: Path, passphrase: str, progress: Steps) -> manifests.Manifest:
    services = asyncio.run(_with_databases(site))
    begun = asyncio.run(_ask(site.admin_dsn, _NOW))
    for name in ("databases", "ends", manifests.FILES):
        (draft / name).mkdir()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        states = list(pool.map(lambda name: _dump(site, draft, name, progress), services))
    progress.at("事件日志末段")
    asyncio.run(_write_ends(site, draft, {state["service"]: state["numbered"] for state in states}))
    progress.at("文件")
    _copy_files(site.data.root / "files", draft / manifests.FILES)
    progress.at("密钥与清单")
    (draft / manifests.KEYS).write_bytes(wrap(site.data, passphrase))
    return manifests.Manifest(
        begun_at=begun,
        finished_at=asyncio.run(_ask(site.admin_dsn, _NOW)),
        district=site.district,
        profile=site.profile,
        postgres=int(asyncio.run(_ask(site.admin_dsn, "SHOW server_version_num"))) // 10_000,
        marks=sorted(mark.name for mark in (site.data.root / "marks").iterdir() if mark.name != BACKUP_MARK),
        services={state["service"]: state for state in states},
        contents=manifests.contents_of(draft),
    )


async def _with_databases(site: Site) -> Sequence[str]:
    """Services whose database was ever migrated; others have nothing to keep."""
    found = []
    for name in topology.PRODUCERS:
        if await _ask(dsn_of(site.admin_dsn, database_name(name)), _HAS_LOG):
            found.append(name)
    return found


def _dump(site: Site, draft: Path, service: str, progress: Steps) -> dict[str, Any]:
    dsn = dsn_of(site.admin_dsn, database_name(service))
    # Read before the dump: an event numbered in between stands in both, and is told by its id.
    state = {"service": service, "begun_at": asyncio.run(_ask(dsn, _NOW)), "numbered": asyncio.run(_ask(dsn, _STANDS))}
    dump(dsn, draft / manifests.dump_of(service))
    progress.at(f"数据库 {service}")
    return state


async def _write_ends(site: Site, draft: Path, numbered: dict[str, int]) -> None:
    for service, after in numbered.items():
        driver = await asyncpg.connect(dsn_of(site.admin_dsn, database_name(service)), timeout=5, command_timeout=60)
        try:
            with (draft / manifests.end_of(service)).open("wb") as out:
                while events := await numbered_after(driver, after, _END_AT_A_TIME):
                    out.write(feed_json(events) + b"\n")
                    after = events[-1].producer_seq
        finally:
            await driver.close()


def _copy_files(source: Path, target: Path) -> None:
    """Drafts of files being written have no place under a digest yet and are left out."""
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("tmp*", ".*"))


async def _ask(dsn: str, question: str) -> Any:
    driver: asyncpg.Connection[Any] = await asyncpg.connect(dsn, timeout=5, command_timeout=60)
    try:
        return await driver.fetchval(question)
    finally:
        await driver.close()


def backup(data: Path, to: Path, passphrase: str, progress: ProgressKind) -> Answer:
    """Exit 0 with a whole backup, 2 with none."""
    site = attach(data)
    with steps(progress, len(topology.PRODUCERS) + _STEPS_BESIDES) as told:
        taken = take(site, to.resolve(), passphrase, told)
    mark = {"finished_at": taken.manifest.finished_at, "folder": str(taken.folder)}
    write_json(site.data.root / "marks" / BACKUP_MARK, mark)
    said = f"备份完成：{taken.folder}，{len(taken.manifest.contents)} 个文件，{taken.bytes / 2**20:.1f} MB"
    numbered = {name: state["numbered"] for name, state in taken.manifest.services.items()}
    return Answer(
        Exit.FINE,
        {**mark, "bytes": taken.bytes, "files": len(taken.manifest.contents), "numbered": numbered},
        said=(said,),
    )
