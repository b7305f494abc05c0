"""`ssj restore`: the whole platform into an empty folder, or one service beside others that went on.

Both end alike: the database as dumped, its log continued in a new epoch, what has no business row listed.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg

from cli.backup import draw_log, keys
from cli.backup import manifest as manifests
from cli.backup.later import later_events
from cli.backup.log_end import Continued, continue_log, head_of
from cli.backup.programs import load
from cli.backup.reentry import keep_list
from cli.ops.answer import Answer, CouldNot, Exit, ProgressKind, Steps, steps
from deploy import topology
from deploy.embedded.attach import holder_of
from deploy.embedded.layout import DataFolder, open_data_folder
from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import embedded_platform
from deploy.embedded.provision_postgres import database_name, dsn_of, provision_postgres
from deploy.embedded.services import Site

ASIDE: Final = "_before_{epoch}"
"""Where the database that stood there goes: a person may still look into it."""
_LEFT_BEHIND = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class Restored:
    """One service is back. `documents`: of the public log of draws, taken back."""

    continued: Continued
    documents: tuple[int, ...]
    reentry: Path

    def as_data(self) -> dict[str, Any]:
        one = self.continued
        return {
            "log_epoch": one.log_epoch,
            "backed_up_to": one.head,
            "told_to": one.top,
            "without_business_rows": len(one.told),
            "renumbered": len(one.found),
            "lost": list(one.lost),
            "documents": list(self.documents),
            "list": str(self.reentry),
        }


# The whole


def restore_all(backup: Path, options: PlatformOptions, passphrase: str, progress: Steps) -> dict[str, Restored]:
    """Into a data folder that does not exist or is empty; NATS begins empty. Raises CouldNot, EmbeddedError."""
    manifest = manifests.read(backup)
    progress.at("核对备份")
    manifests.check(backup, manifest)
    secrets = keys.unwrap((backup / manifests.KEYS).read_bytes(), passphrase)
    root = options.data_dir
    if root is None or (root.exists() and any(root.iterdir())):
        raise CouldNot("ssj.folder_not_empty", f"{root} 不是空目录；整体恢复只写入空目录")
    data = open_data_folder(root, options.needed_bytes)
    keys.put_back(data, secrets)
    progress.at("文件")
    shutil.copytree(backup / manifests.FILES, data.root / "files", dirs_exist_ok=True)
    for mark in manifest.marks:
        data.mark(mark)
    progress.at("启动数据库与消息服务器")
    with embedded_platform(options=options, services=[]) as platform:
        for service in manifest.services:
            progress.at(f"数据库 {service}")
            load(dsn_of(platform.admin_dsn, database_name(service)), backup / manifests.dump_of(service))
        return {service: asyncio.run(_go_on(platform.site, service, backup, manifest)) for service in manifest.services}


# One


async def restore_one(site: Site, service: str, backup: Path, progress: Steps) -> Restored:
    """The service must not run; its peers, the broker and the database server may. What stood there is kept aside."""
    manifest = manifests.read(backup)
    if service not in manifest.services:
        raise CouldNot("ssj.not_in_backup", f"备份中没有服务 {service}")
    progress.at("核对备份")
    dumped = manifests.dump_of(service)
    manifests.check(backup, manifest, (dumped, manifests.end_of(service)))
    progress.at(f"数据库 {service}")
    await _put_aside(site, service)
    await provision_postgres(site.admin_dsn, [service], site.credentials, private_server=False)
    await asyncio.to_thread(load, dsn_of(site.admin_dsn, database_name(service)), backup / dumped)
    progress.at("文件")
    _add_files(backup / manifests.FILES / service, site.data.files(service))
    progress.at("事件日志")
    return await _go_on(site, service, backup, manifest)


async def _put_aside(site: Site, service: str) -> None:
    admin: asyncpg.Connection[Any] = await asyncpg.connect(site.admin_dsn, timeout=5, command_timeout=60)
    database = database_name(service)
    try:
        if not await admin.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database):
            return
        await admin.fetch(_LEFT_BEHIND, database)
        aside = database + ASIDE.format(epoch=int(time.time()))
        await admin.execute(f'ALTER DATABASE "{database}" RENAME TO "{aside}"')
    except asyncpg.ObjectInUseError as error:
        raise CouldNot("ssj.service_running", f"服务 {service} 仍在使用数据库，请先停止它") from error
    finally:
        await admin.close()


def _add_files(source: Path, target: Path) -> None:
    """By digest: what is there already is the same or newer."""
    if not source.is_dir():
        return
    for path in source.rglob("*"):
        place = target / path.relative_to(source)
        if path.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)


async def _go_on(site: Site, service: str, backup: Path, manifest: manifests.Manifest) -> Restored:
    driver: asyncpg.Connection[Any] = await asyncpg.connect(
        dsn_of(site.admin_dsn, database_name(service)), timeout=5, command_timeout=600
    )
    try:
        later = await later_events(site, service, await head_of(driver), backup)
        continued = await continue_log(driver, service, manifest.district, later)
        documents = await _public_log(site, service, driver, continued)
        await driver.execute("ANALYZE")
    finally:
        await driver.close()
    _set_checkpoints_aside(site.data, continued)
    return Restored(continued, documents, keep_list(site.data, continued, manifest.services[service]["begun_at"]))


async def _public_log(
    site: Site, service: str, driver: asyncpg.Connection[Any], continued: Continued
) -> tuple[int, ...]:
    if service != "draw":
        return ()
    return await draw_log.take_back(driver, continued.told, await draw_log.shown_to_the_public(site))


def _set_checkpoints_aside(data: DataFolder, continued: Continued) -> None:
    """Checkpoints signed after the backup cover acts that are gone. Their files are evidence and stay, but apart: the
    chain goes on from the backup's and will sign their numbers again."""
    folder = data.files(continued.service) / "checkpoints"
    signed = [event for event in continued.told if event.type.endswith(".checkpoint.signed.v1")]
    for event in signed:
        path = folder / f"{continued.service}-{event.aggregate_version:08}.json"
        if path.is_file():
            aside = folder / f"before-epoch-{continued.log_epoch}"
            aside.mkdir(exist_ok=True)
            path.rename(aside / path.name)


# The command


def restore(
    backup: Path, options: PlatformOptions, service: str | None, passphrase: str | None, progress: ProgressKind
) -> Answer:
    """Exit 1 when something has no business row or is lost, 0 when all is as it was."""
    began = time.monotonic()
    with steps(progress, len(topology.PRODUCERS) + 3 if service is None else 4) as told:
        if service is None:
            if passphrase is None:
                raise CouldNot("ssj.passphrase_needed", "整体恢复需要备份时的口令文件（--passphrase-file）")
            restored = restore_all(backup.resolve(), options, passphrase, told)
        else:
            restored = {service: _restore_one_of(backup.resolve(), options, service, told)}
    return _answer(restored, time.monotonic() - began)


def _restore_one_of(backup: Path, options: PlatformOptions, service: str, progress: Steps) -> Restored:
    """On a platform that is stopped: only its servers are started for it."""
    data = DataFolder((options.data_dir or Path()).resolve())
    if holder_of(data) is not None:
        raise CouldNot("ssj.platform_running", "平台正在运行，请先停止（deploy.embedded down）")
    with embedded_platform(options=options, services=[]) as platform:
        return asyncio.run(restore_one(platform.site, service, backup, progress))


def _answer(restored: dict[str, Restored], seconds: float) -> Answer:
    gone = sum(len(one.continued.told) + len(one.continued.lost) for one in restored.values())
    return Answer(
        Exit.FOUND_SOMETHING if gone else Exit.FINE,
        {"seconds": round(seconds, 1), "services": {name: one.as_data() for name, one in restored.items()}},
        said=_sentences(restored, seconds),
    )


def _sentences(restored: dict[str, Restored], seconds: float) -> tuple[str, ...]:
    lines = [f"恢复用时 {seconds:.1f} 秒"]
    for name, one in restored.items():
        kept = one.continued
        lines.append(
            f"{name}：备份至编号 {kept.head}，已公布至 {kept.top}，新纪元 {kept.log_epoch}；"
            f"待核对补录 {len(kept.told)} 条，内容遗失 {len(kept.lost)} 条（清单 {one.reentry}）"
        )
    return tuple(lines)
