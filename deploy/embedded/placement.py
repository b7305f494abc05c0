"""Where PostgreSQL's programs and store lie, and as whom it runs.

PostgreSQL refuses to run as root, so root hands it to the user nobody. That user must be able to walk to the programs
and to the store; where a folder above them is closed to others (a checkout under root's 0700 home), they are placed
in a private folder under the system's temporary folder instead.
"""

import hashlib
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.errors import BinaryMissing, DataFolderUnusable, RuntimeFolderUnsafe
from deploy.embedded.layout import DataFolder
from deploy.embedded.process import RunAs

UNPRIVILEGED: Final = "nobody"
WHEEL_PREFIX: Final = "pginstall"
PERSISTENT_TEMP: Final = Path("/var/tmp")  # noqa: S108 - kept over reboots (FHS 5.15); ownership is checked below


@dataclass(frozen=True)
class Placement:
    """`bin` holds the programs, `pgdata` the store, `user` is who runs them (None: the caller). `notices` are the
    Chinese sentences about anything put somewhere unusual."""

    bin: Path
    pgdata: Path
    user: RunAs | None
    notices: tuple[str, ...] = ()


def place(data: DataFolder, bin_folder: Path, temp_root: Path | None = None) -> Placement:
    """Decide where things go for this caller, copying the programs if they must move (42 MB, once).

    The store's place is remembered in the data folder. Raises `DataFolderUnusable` if a store placed outside is gone,
    `RuntimeFolderUnsafe` if the private folder belongs to somebody else.
    """
    if os.geteuid() != 0:
        return Placement(bin_folder, data.root / "postgres", None)
    user = _unprivileged_user()
    base = temp_root or (PERSISTENT_TEMP if PERSISTENT_TEMP.is_dir() else Path(tempfile.gettempdir()))
    notices = []
    if not passable(bin_folder, user):
        bin_folder = _copy_programs(bin_folder, base)
        notices.append(f"用户 {UNPRIVILEGED} 进不了 PostgreSQL 程序所在目录，已把程序复制到 {bin_folder}。")
    pgdata = _store_place(data, user, base)
    if pgdata.parent != data.root:
        notices.append(f"用户 {UNPRIVILEGED} 进不了数据目录，数据库文件放在 {pgdata}。")
    return Placement(bin_folder, pgdata, user, tuple(notices))


def passable(folder: Path, user: RunAs) -> bool:
    """Whether `user` may enter the folder and every one above it, by owner, group and mode."""
    return all(_may_enter(step, user) for step in (folder, *folder.parents))


def _may_enter(folder: Path, user: RunAs) -> bool:
    status = folder.stat()
    if status.st_uid == user.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == user.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def _unprivileged_user() -> RunAs:
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError as error:
        raise BinaryMissing(
            f"postgres（用户 {UNPRIVILEGED}）", "系统用户表", "root 不能直接运行 PostgreSQL，请改用普通用户运行"
        ) from error
    return RunAs(entry.pw_uid, entry.pw_gid)


def _store_place(data: DataFolder, user: RunAs, base: Path) -> Path:
    record = data.root / "postgres-place"
    if record.exists():
        placed = Path(record.read_text("utf-8").strip())
        if not placed.is_dir():
            raise DataFolderUnusable(data.root, f"其数据库文件原在 {placed}，现已不存在，请恢复它或换一个空的数据目录")
        return placed
    if passable(data.root, user):
        return data.root / "postgres"
    name = hashlib.sha256(str(data.root).encode()).hexdigest()[:12]
    folder = _private_folder(base / f"ssj-store-{name}")
    placed = folder / "postgres"
    if placed.exists() and any(placed.iterdir()):
        raise RuntimeFolderUnsafe(folder, "里面有一个已删除的数据目录留下的数据库文件")
    placed.mkdir(exist_ok=True)
    record.write_text(f"{placed}\n", "utf-8")
    return placed


def _private_folder(folder: Path) -> Path:
    """A folder of ours that others may pass through but not write: the name is predictable, so it is checked."""
    folder.mkdir(mode=0o711, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise RuntimeFolderUnsafe(folder, "它不属于当前用户，或他人可以写入")
    folder.chmod(0o711)
    return folder


def _copy_programs(bin_folder: Path, base: Path) -> Path:
    stamp = f"{bin_folder}:{(bin_folder / 'postgres').stat().st_mtime_ns}"
    folder = _private_folder(base / f"ssj-pgsql-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}")
    target = folder / "site"
    above, parts = _installation(bin_folder)
    if not target.exists():
        draft = folder / f"site.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        for part in parts:
            shutil.copytree(part, draft / part.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
        try:
            draft.rename(target)
        except OSError:  # another platform finished the same copy first
            shutil.rmtree(draft)
    return target / bin_folder.relative_to(above)


def _installation(bin_folder: Path) -> tuple[Path, list[Path]]:
    """The folder above an installation and what of it must be copied together.

    The wheel's programs find the libraries beside their package by the relative place; any other installation is the
    one folder around its `bin`.
    """
    prefix = bin_folder.parent
    if prefix.name != WHEEL_PREFIX:
        return prefix.parent, [prefix]
    package = prefix.parent
    libraries = package.with_name(f"{package.name}.libs")
    return package.parent, [package, *([libraries] if libraries.is_dir() else [])]
