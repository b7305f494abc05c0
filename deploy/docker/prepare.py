"""`python -m deploy.docker.prepare DATA` writes what `deploy/compose.yaml` reads: environment files, passwords, keys.
With `--provision` it runs inside, before the migrations: databases, roles, streams, durables.

Safe to repeat: what exists is kept. Exit 0 done, 1 a server refuses or does not answer (said on stderr).
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Final
from urllib.parse import quote

from deploy import topology
from deploy.embedded.credentials import POSTGRES_ADMIN, Credentials, prepare_credentials
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.layout import DataFolder, open_data_folder, read_json, write_private_bytes
from deploy.embedded.provision_nats import provision_nats
from deploy.embedded.provision_postgres import provision_postgres
from deploy.embedded.services import Site
from deploy.k8s.nats_users import ADMIN, SYSTEM, every_user, password_name

INSIDE: Final = Path("/var/lib/ssj")
"""Where the data folder lies in every container."""
USER: Final = 10001
"""The user of every image, who must read what is written here."""
DISTRICT: Final = "replace-me"


class ComposeSite(Site):
    """The same settings as the embedded platform's, with the containers' names as addresses."""

    def url(self, name: str) -> str:
        return f"http://{name}:8080"


def site_of(held: Credentials, district: str) -> ComposeSite:
    """Addresses and logins as the containers see them."""
    return ComposeSite(
        data=DataFolder(INSIDE),
        credentials=held,
        admin_dsn=f"postgresql://postgres:{quote(held[POSTGRES_ADMIN], safe='')}@postgres:5432/postgres",
        nats_admin_url=f"nats://{ADMIN}:{quote(held[f'{ADMIN}_nats'], safe='')}@nats:4222",
        own_broker=True,
        ports=dict.fromkeys(topology.PRODUCERS, 8080),
        profile="production",
        district=district,
    )


def environment(site: Site, service: str) -> dict[str, str]:
    """The settings of a service's containers, the owner's login among them: its migration runs from the same file."""
    prefix = service.upper()
    return site.migration_environment(service) | {f"{prefix}_HOST": "0.0.0.0"}  # noqa: S104 - inside its container


def write_all(data: DataFolder, district: str) -> Credentials:
    """Writes everything compose reads; raises OSError where the folder does not let us."""
    held = prepare_credentials(data, (*topology.PRODUCERS, ADMIN, SYSTEM))
    site, folder = site_of(held, district), data.root / "compose"
    folder.mkdir(exist_ok=True)
    for service in topology.PRODUCERS:
        lines = (f"{name}={value}\n" for name, value in environment(site, service).items())
        write_private_bytes(folder / f"{service}.env", "".join(lines).encode())
        data.files(service).mkdir(parents=True, exist_ok=True)
    passwords = (f'{password_name(user)}: "{held[f"{user}_nats"]}"\n' for user in every_user())
    write_private_bytes(folder / "passwords.conf", "".join(passwords).encode())
    write_private_bytes(folder / "postgres-password", held[POSTGRES_ADMIN].encode())
    return held


def hand_over(data: DataFolder) -> None:
    """Gives all of it to the images' user, where we may."""
    if os.geteuid() == 0:
        for path in (data.root, *data.root.rglob("*")):
            os.chown(path, USER, USER)


async def provision(held: Credentials, district: str) -> None:
    """Databases, roles, streams and durables on the two servers. Raises `EmbeddedError`."""
    site = site_of(held, district)
    await provision_postgres(site.admin_dsn, topology.PRODUCERS, held, private_server=True)
    await provision_nats(site.nats_admin_url)


def _kept(folder: Path) -> Credentials:
    """What was prepared outside; inside the folder is read only."""
    return Credentials({name: str(word) for name, word in read_json(DataFolder(folder).secrets_file).items()})


def main() -> int:
    """Prepares, or provisions."""
    parser = argparse.ArgumentParser(prog="python -m deploy.docker.prepare")
    parser.add_argument("data", type=Path)
    parser.add_argument("--district", default=DISTRICT)
    parser.add_argument("--provision", action="store_true")
    chosen = parser.parse_args()
    try:
        if chosen.provision:
            asyncio.run(provision(_kept(chosen.data), chosen.district))
        else:
            data = open_data_folder(chosen.data, needed_bytes=0)
            write_all(data, chosen.district)
            hand_over(data)
    except (EmbeddedError, OSError) as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
