"""The data folder (数据目录): what lies where, who holds it, and which version wrote it.

VERSION            the stamp: which layout and which PostgreSQL major wrote this folder
ssj.pid  .lock     the running platform's process number, and the lock it holds while it lives
platform.json      addresses of the running platform (no secret in it)
secrets.json       every password, mode 0600
keys/private/      <name>.pem Ed25519 keys, <name>.seal sealing keys, answers.keys (credit's answers), mode 0600
keys/public/       <name>.pem of the gateway and every service
postgres/  nats/   the stores     files/<service>/  logs/<process>.log  marks/<name>
"""

import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.embedded.errors import DataFolderUnusable, DiskFull, PlatformAlreadyRunning

LAYOUT_VERSION: Final = 1
NEEDED_BYTES: Final = 500 * 1024 * 1024
HOUSEKEEPING: Final = frozenset({".lock"})


@dataclass(frozen=True)
class DataFolder:
    """Paths inside one data folder. Made by `open_data_folder`."""

    root: Path

    @property
    def version_file(self) -> Path:
        return self.root / "VERSION"

    @property
    def pid_file(self) -> Path:
        return self.root / "ssj.pid"

    @property
    def lock_file(self) -> Path:
        return self.root / ".lock"

    @property
    def addresses_file(self) -> Path:
        return self.root / "platform.json"

    @property
    def secrets_file(self) -> Path:
        return self.root / "secrets.json"

    @property
    def private_keys(self) -> Path:
        return self.root / "keys" / "private"

    @property
    def public_keys(self) -> Path:
        return self.root / "keys" / "public"

    @property
    def nats(self) -> Path:
        return self.root / "nats"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def private_key(self, name: str) -> Path:
        return self.private_keys / f"{name}.pem"

    def seal_key(self, name: str) -> Path:
        return self.private_keys / f"{name}.seal"

    @property
    def answer_keys(self) -> Path:
        return self.private_keys / "answers.keys"

    def files(self, service: str) -> Path:
        """Where a service keeps files by digest."""
        return self.root / "files" / service

    def mark(self, name: str) -> None:
        """Remember that something was done once in this folder (the story was played)."""
        (self.root / "marks" / name).touch()

    def marked(self, name: str) -> bool:
        return (self.root / "marks" / name).exists()


def open_data_folder(root: Path, needed_bytes: int = NEEDED_BYTES) -> DataFolder:
    """Make the folder or take it as it is; safe to call again.

    Raises `DataFolderUnusable` if somebody else's files or another layout's stamp lie there (nothing inside is touched
    then) or it cannot be written, `DiskFull` if less than `needed_bytes` are free.
    """
    data = DataFolder(root.resolve())
    try:
        data.root.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(data)
        free = shutil.disk_usage(data.root).free
        if free < needed_bytes:
            raise DiskFull(data.root, free, needed_bytes)
        _make_folders(data)
    except OSError as error:
        raise DataFolderUnusable(data.root, f"无法写入（{error.strerror}）") from error
    return data


def _make_folders(data: DataFolder) -> None:
    # Others may pass through to the store PostgreSQL's own user holds, but not look around.
    data.root.chmod(0o711 if os.geteuid() == 0 else 0o700)
    folders = (data.logs, data.nats, data.root / "marks", data.root / "files", data.private_keys, data.public_keys)
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    if not data.version_file.exists():
        write_json(data.version_file, {"layout": LAYOUT_VERSION})


def _refuse_foreign(data: DataFolder) -> None:
    if data.version_file.exists():
        found = read_json(data.version_file).get("layout")
        if found != LAYOUT_VERSION:
            raise DataFolderUnusable(data.root, f"它由版本 {found} 写成，本程序只认版本 {LAYOUT_VERSION}，请换一个目录")
    elif any(entry.name not in HOUSEKEEPING for entry in data.root.iterdir()):
        raise DataFolderUnusable(data.root, "目录不是空的，也不是本平台写成的，请换一个空目录")


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of the data folder; raises `DataFolderUnusable` when it is damaged."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise DataFolderUnusable(path.parent, f"文件 {path.name} 已损坏") from error
    if not isinstance(value, dict):
        raise DataFolderUnusable(path.parent, f"文件 {path.name} 已损坏")
    return value


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replace a JSON file of the data folder at once, mode 0600."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
    write_private_bytes(path, f"{text}\n".encode())


def write_private_bytes(path: Path, content: bytes) -> None:
    """Write a file nobody else may read: never open for a moment, never half there."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


class FolderLock:
    """One platform at a time on a data folder.

    The kernel drops the lock with its process, so the PID file of a dead one is recognised for certain and replaced.
    """

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock and write the PID file. Raises `PlatformAlreadyRunning`."""
        descriptor = os.open(self._data.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise PlatformAlreadyRunning(self._data.root, running_pid(self._data)) from error
        self._descriptor = descriptor
        write_private_bytes(self._data.pid_file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Remove the PID file and the addresses, then give the lock back."""
        if self._descriptor is not None:
            self._data.pid_file.unlink(missing_ok=True)
            self._data.addresses_file.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None


def running_pid(data: DataFolder) -> int | None:
    """The number in the PID file, or None. Only the lock says whether that process still lives."""
    try:
        return int(data.pid_file.read_text("ascii"))
    except (OSError, ValueError):
        return None
