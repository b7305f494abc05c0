"""What a service process is given: its environment and the way it is run."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import topology
from deploy.embedded.credentials import Credentials
from deploy.embedded.errors import UnknownService
from deploy.embedded.layout import DataFolder
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.process import PROJECT_ROOT, ProcessSpec, Stage
from deploy.embedded.province import Province, channels_to
from deploy.embedded.provision_postgres import database_name, dsn_of, login_of, role_name

DEMO_PLACE = "洛阳市孟津区"
DEMO_CHECKPOINT_SECONDS = "60"
"""A demonstration does not last until midnight: its audit chains are signed every minute in which something happens."""


@dataclass(frozen=True)
class Site:
    """Everything the environments are made of: the addresses of one running platform and its secrets.

    `admin_dsn` and `nats_admin_url` carry the administrator's login. `ports` maps every process that runs to its HTTP
    port. `own_broker` is false for a broker given from outside: it knows no users of ours, so all share that login.
    """

    data: DataFolder
    credentials: Credentials
    admin_dsn: str
    nats_admin_url: str
    own_broker: bool
    ports: Mapping[str, int]
    profile: str
    district: str
    province: Province | None = None

    @property
    def nats_url(self) -> str:
        """The bus without anybody's login."""
        scheme, _, rest = self.nats_admin_url.partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"

    def database_url(self, service: str, kind: str = "app") -> str:
        """`postgresql://` URL of a service's database as its `app` or `owner` role."""
        role = role_name(service, kind)
        return dsn_of(self.admin_dsn, database_name(service), role, self.credentials[role])

    def nats_login(self, service: str) -> tuple[str, str]:
        """(user, password) of a service on the bus."""
        return (service, self.credentials[f"{service}_nats"]) if self.own_broker else login_of(self.nats_admin_url)

    def url(self, name: str) -> str:
        """Base URL of a service or the gateway. Raises `UnknownService` if it is not part of this platform."""
        if name not in self.ports:
            raise UnknownService(name, "它不在本次启动的服务之中")
        return f"http://{LOOPBACK}:{self.ports[name]}"

    def environment(self, service: str) -> dict[str, str]:
        """The settings of one service, each under its own prefix (`CREDIT_…`)."""
        user, password = self.nats_login(service)
        peers = {name: self.url(name) for name in self.ports if name not in (service, topology.GATEWAY)}
        values = {
            "DATABASE_URL": driver_url(self.database_url(service)),
            "NATS_URL": self.nats_url,
            "NATS_USER": user,
            "NATS_PASSWORD": password,
            "PRIVATE_KEY_FILE": str(self.data.private_key(service)),
            "PUBLIC_KEYS_DIR": str(self.data.public_keys),
            "SEAL_KEY_FILE": str(self.data.seal_key(service)),
            "FILES_DIR": str(self.data.files(service)),
            "PEERS": json.dumps(peers, sort_keys=True),
            "DISTRICT": self.district,
            "PROFILE": self.profile,
        }
        if service in self.ports:
            values["PORT"] = str(self.ports[service])
        if service == topology.GATEWAY and self.profile == "demo":
            values["SECOND_FACTOR_REQUIRED"] = "false"  # nobody in the story holds a device
        if self.profile == "demo":
            values["CHECKPOINT_SECONDS"] = DEMO_CHECKPOINT_SECONDS
        if service == "exchange" and self.province is not None:
            values |= channels_to(self, self.province)
        if service == "disclosure":
            values["PORTAL"] = self._portal()
        if service == "credit":
            values["ANSWER_KEYS_FILE"] = str(self.data.answer_keys)
        return {f"{service.upper()}_{key}": value for key, value in values.items()}

    def _portal(self) -> str:
        """Head and foot of the public pages: their own address, which is printed in QR codes; the demo's district."""
        slots = {"address": self.url(topology.GATEWAY)} if topology.GATEWAY in self.ports else {}
        if self.profile == "demo":
            slots |= {"place": DEMO_PLACE, "contact": "演示环境，数据均为虚构"}
        return json.dumps(slots, ensure_ascii=False)

    def migration_environment(self, service: str) -> dict[str, str]:
        """The same with the owner's login, which only a migration gets."""
        owner = driver_url(self.database_url(service, "owner"))
        return {**self.environment(service), f"{service.upper()}_OWNER_DATABASE_URL": owner}

    def process(self, service: str) -> ProcessSpec:
        """How the supervisor runs a service (API and worker in one process) or the gateway."""
        return ProcessSpec(
            name=service,
            argv=(sys.executable, "-m", module_of(service), "serve"),
            env=self.environment(service),
            ready_url=f"{self.url(service)}/health/ready",
            stage=Stage.GATEWAY if service == topology.GATEWAY else Stage.SERVICES,
        )


def module_of(service: str) -> str:
    """The composition root of a service, `services.credit.main`; of the gateway, `gateway.main`."""
    return "gateway.main" if service == topology.GATEWAY else f"services.{service}.main"


def check_services(names: tuple[str, ...], root: Path = PROJECT_ROOT) -> None:
    """Raises `UnknownService` for a name that is not in the topology or has no composition root yet."""
    for name in names:
        if name not in topology.PRODUCERS:
            raise UnknownService(name, f"没有这个服务，可选：{'、'.join(topology.SERVICES)}")
        source = root / Path(*module_of(name).split(".")).with_suffix(".py")
        if not source.is_file():
            raise UnknownService(name, f"缺少程序文件 {source.relative_to(root)}")


def driver_url(url: str) -> str:
    """The same URL for SQLAlchemy with asyncpg."""
    return "postgresql+asyncpg://" + url.partition("://")[2]
