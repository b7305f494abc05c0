"""Find the platform that runs on a data folder: for `ssj doctor` and other tools beside it."""

import fcntl
import os
from pathlib import Path
from urllib.parse import quote

from deploy.embedded.credentials import NATS_ADMIN, POSTGRES_ADMIN, prepare_credentials
from deploy.embedded.errors import DataFolderUnusable
from deploy.embedded.layout import DataFolder, read_json, running_pid
from deploy.embedded.nats_server import ADMIN as BROKER_ADMIN
from deploy.embedded.postgres import ADMIN as DATABASE_ADMIN
from deploy.embedded.services import Site


def attach(data_dir: Path, postgres_dsn: str | None = None, nats_url: str | None = None) -> Site:
    """Addresses and logins of the platform running on `data_dir`.

    Servers given from outside are not remembered with their logins: name them again. Raises `DataFolderUnusable` if no
    platform runs there, or if a server from outside is not named.
    """
    data = DataFolder(data_dir.resolve())
    if holder_of(data) is None or not data.addresses_file.exists():
        raise DataFolderUnusable(data.root, "没有平台在它上面运行")
    found = read_json(data.addresses_file)
    credentials = prepare_credentials(data)
    if found["own_postgres"]:
        login = f"{DATABASE_ADMIN}:{quote(credentials[POSTGRES_ADMIN], safe='')}"
        postgres_dsn = f"postgresql://{login}@{found['postgres']}/postgres"
    if found["own_nats"]:
        nats_url = str(found["nats"]).replace("://", f"://{BROKER_ADMIN}:{quote(credentials[NATS_ADMIN], safe='')}@")
    if postgres_dsn is None or nats_url is None:
        raise DataFolderUnusable(data.root, "它使用外部的 PostgreSQL 或 NATS，请用 SSJ_POSTGRES_DSN、SSJ_NATS_URL 指明")
    return Site(
        data=data,
        credentials=credentials,
        admin_dsn=postgres_dsn,
        nats_admin_url=nats_url,
        own_broker=bool(found["own_nats"]),
        ports={str(name): int(port) for name, port in found["ports"].items()},
        profile=str(found["profile"]),
        district=str(found["district"]),
    )


def holder_of(data: DataFolder) -> int | None:
    """The process number of the platform holding the folder's lock, or None if nobody does."""
    try:
        descriptor = os.open(data.lock_file, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return running_pid(data)
    finally:
        os.close(descriptor)
    return None
