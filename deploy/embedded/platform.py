"""The embedded platform as one object: for `make run`, the story, the tests and the fault drills.

with embedded_platform(None, ["registry", "credit"], fast=True) as platform:
    platform.url("credit")
    platform.kill("nats")
"""

import asyncio
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from rich.console import Console

from deploy import topology
from deploy.embedded.credentials import Credentials, prepare_credentials
from deploy.embedded.errors import MigrationFailed
from deploy.embedded.layout import DataFolder, FolderLock, open_data_folder, write_json
from deploy.embedded.logbook import LogBook
from deploy.embedded.options import PlatformOptions
from deploy.embedded.ports import claim_port, free_port
from deploy.embedded.process import ProcessSpec, Stage, run_once
from deploy.embedded.province import PROVINCE, Province, province_process, provision_peer_role, provision_province
from deploy.embedded.provision_nats import provision_nats
from deploy.embedded.provision_postgres import provision_postgres
from deploy.embedded.report import Reporter, Silent
from deploy.embedded.servers import Servers, plan_servers, prepare_postgres, temporary_data_folder
from deploy.embedded.services import Site, check_services, module_of
from deploy.embedded.supervisor import Supervisor

MIGRATIONS_AT_ONCE = 2

Answer = TypeVar("Answer")


def embedded_platform(
    data_dir: Path | None = None,
    services: Sequence[str] | None = None,
    *,
    fast: bool = False,
    options: PlatformOptions | None = None,
    reporter: Reporter | None = None,
) -> "EmbeddedPlatform":
    """A platform to be used as `with` or `async with`: it runs inside and is stopped at the end.

    The first three arguments go over what `options` says. A list of services leaves the gateway out unless it names
    it; an empty list gives the two servers, provisioned. Entering raises the errors of `deploy.embedded.errors`.
    """
    chosen = options or PlatformOptions()
    if services is not None:
        own = tuple(name for name in services if name != topology.GATEWAY)
        chosen = replace(chosen, services=own, gateway=topology.GATEWAY in services)
    chosen = replace(chosen, data_dir=data_dir or chosen.data_dir, fast=fast or chosen.fast)
    return EmbeddedPlatform(chosen, reporter or Silent())


class EmbeddedPlatform:
    """One platform. `site`, `data` and `supervisor` exist while it runs."""

    site: Site
    data: DataFolder
    supervisor: Supervisor

    def __init__(self, options: PlatformOptions, reporter: Reporter) -> None:
        self.options = options
        self._reporter = reporter
        self._log: LogBook
        self._servers: Servers
        self._stack = ExitStack()
        self._hurry = threading.Event()
        self._province_port = 0

    # Life

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)

    def start(self) -> None:
        """Start everything; what was started before an error is stopped again before the error goes on."""
        taken: set[int] = set()
        ports = self._claim_ports(taken)
        self._province_port = free_port(taken) if self.options.province else 0
        check_services(self.options.processes)
        with ExitStack() as stack:
            credentials = self._open_data(stack)
            self._servers = plan_servers(self.options, self.data, credentials, taken)
            self.site = self._make_site(credentials, ports)
            self._log = LogBook(self.data.logs)
            self.supervisor = stack.enter_context(Supervisor(self._log, hurry=self._hurry))
            self._start_servers(credentials)
            self._provision()
            self._migrate_all()
            self._start_processes()
            write_json(self.data.addresses_file, self.addresses())
            self._stack = stack.pop_all()

    def stop(self) -> None:
        """Stop everything in reverse order. Safe to call twice."""
        self._stack.close()

    def hurry(self) -> None:
        """Cut a running stop short by killing what does not obey at once."""
        self._hurry.set()

    def show_log(self, console: Console) -> None:
        """From now on show the joined log of all processes on a console."""
        self._log.show_on(console)

    # Addresses

    @property
    def admin_dsn(self) -> str:
        """`postgresql://` URL of the administrator, on the maintenance database."""
        return self.site.admin_dsn

    @property
    def nats_admin_url(self) -> str:
        """The bus with the login of the user who may do everything."""
        return self.site.nats_admin_url

    @property
    def nats_monitor_url(self) -> str | None:
        """Where the broker shows its figures; None for one given from outside."""
        return self._servers.nats.monitor_url if self._servers.nats else None

    def url(self, name: str) -> str:
        """Base URL of a running service or of `gateway`."""
        return self.site.url(name)

    def database_url(self, service: str, kind: str = "app") -> str:
        """`postgresql://` URL of a service's database as `app` or `owner`."""
        return self.site.database_url(service, kind)

    def environment(self, service: str, *, owner: bool = False) -> dict[str, str]:
        """The settings a service's process gets; with `owner` those of its migration."""
        base = self.site.migration_environment(service) if owner else self.site.environment(service)
        return {**base, **self.options.env.get(service, {})}

    def addresses(self) -> dict[str, Any]:
        """What `platform.json` says of the running platform; holds no secret."""
        return {
            "pid": os.getpid(),
            "profile": self.options.profile,
            "district": self.options.district,
            "postgres": self.site.admin_dsn.rpartition("@")[2].partition("/")[0],
            "own_postgres": self._servers.postgres is not None,
            "nats": self.site.nats_url,
            "own_nats": self._servers.nats is not None,
            "nats_monitor": self.nats_monitor_url,
            "ports": dict(self.site.ports),
        }

    # Single processes, by name: postgres, nats, the services, gateway, the extra ones

    def kill(self, name: str, *, restart: bool = True) -> None:
        """SIGKILL; returns when the process is gone. With `restart` the supervisor brings it back by itself."""
        self.supervisor.kill(name, restart=restart)

    def stop_process(self, name: str) -> None:
        """Stop in the ordinary way; it stays down until `start_process`."""
        self.supervisor.stop(name)

    def start_process(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Start again (stopping it first if it runs), with `env` added, and wait until it is ready."""
        self.supervisor.restart(name, env)

    def pause(self, name: str) -> None:
        """SIGSTOP to the one process: it keeps its connections and answers nobody."""
        self.supervisor.signal(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self.supervisor.signal(name, signal.SIGCONT)

    def wait_ready(self, name: str, timeout: float | None = None) -> None:
        """Wait until a process answers, a restarting one too."""
        self.supervisor.wait_ready(name, timeout)

    def pid(self, name: str) -> int | None:
        return self.supervisor.view(name).pid

    def restarts(self, name: str) -> int:
        """How often the supervisor brought the process back by itself."""
        return self.supervisor.view(name).restarts

    def log_lines(self, name: str, count: int = 40) -> tuple[str, ...]:
        """The newest lines of a process."""
        return self._log.last_lines(name, count)

    def migrate(self, service: str) -> None:
        """Run a service's migrations as its owner. Raises `MigrationFailed`."""
        argv = (sys.executable, "-m", module_of(service), "migrate")
        code, output = run_once(argv, self.environment(service, owner=True))
        for line in output.splitlines():
            self._log.write(service, line)
        if code != 0:
            raise MigrationFailed(service, code, tuple(output.splitlines()[-8:]))

    # Steps of starting

    def _open_data(self, stack: ExitStack) -> Credentials:
        root = self.options.data_dir
        if root is None:
            root = temporary_data_folder(self.options.fast)
            stack.callback(self._remove_temporary, root)
        self.data = open_data_folder(root, self.options.needed_bytes)
        lock = FolderLock(self.data)
        lock.acquire()
        stack.callback(lock.release)
        return prepare_credentials(self.data)

    @staticmethod
    def _remove_temporary(root: Path) -> None:
        placed = root / "postgres-place"
        if placed.exists():
            shutil.rmtree(Path(placed.read_text("utf-8").strip()).parent)
        shutil.rmtree(root)

    def _claim_ports(self, taken: set[int]) -> dict[str, int]:
        ports = {}
        if self.options.gateway:
            ports[topology.GATEWAY] = claim_port(self.options.gateway_port, "网关", taken)
        return {**{name: free_port(taken) for name in self.options.services}, **ports}

    def _make_site(self, credentials: Credentials, ports: dict[str, int]) -> Site:
        for name in topology.PRODUCERS:
            self.data.files(name).mkdir(parents=True, exist_ok=True)
        drop = self.data.files(PROVINCE)
        return Site(
            data=self.data,
            credentials=credentials,
            admin_dsn=self._servers.admin_dsn,
            nats_admin_url=self._servers.nats_admin_url,
            own_broker=self._servers.nats is not None,
            ports=ports,
            profile=self.options.profile,
            district=self.options.district,
            province=Province(self._province_port, drop) if self.options.province else None,
        )

    def _start_servers(self, credentials: Credentials) -> None:
        database, broker = self._servers.postgres, self._servers.nats
        if database is not None:
            with self._reporter.phase("准备数据库文件"):
                prepare_postgres(database, credentials, self._reporter)
            with self._reporter.phase("启动 PostgreSQL"):
                self.supervisor.start([self._with_extra_env(database.process())])
        if broker is not None:
            with self._reporter.phase("启动 NATS"):
                broker.write_config(credentials)
                self.supervisor.start([self._with_extra_env(broker.process())])

    def _provision(self) -> None:
        private = self._servers.postgres is not None
        with self._reporter.phase("配置数据库与角色"):
            _in_own_loop(
                lambda: provision_postgres(
                    self.site.admin_dsn, topology.PRODUCERS, self.site.credentials, private_server=private
                )
            )
            self._provision_peers()
        with self._reporter.phase("配置消息流与消费者"):
            _in_own_loop(lambda: provision_nats(self.site.nats_admin_url, max_bytes=self.options.stream_max_bytes))

    def _provision_peers(self) -> None:
        _in_own_loop(lambda: provision_peer_role(self.site.admin_dsn, self.site.credentials))
        if self.site.province is not None:
            _in_own_loop(lambda: provision_province(self.site.admin_dsn, self.site.credentials))

    def _migrate_all(self) -> None:
        if self.options.processes:
            with self._reporter.phase("迁移数据库"), ThreadPoolExecutor(MIGRATIONS_AT_ONCE) as pool:
                list(pool.map(self.migrate, self.options.processes))

    def _start_processes(self) -> None:
        own = [self._with_extra_env(self.site.process(name)) for name in self.options.processes]
        extra = [self._with_extra_env(spec) for spec in self.options.extra]
        if self.site.province is not None:
            extra.append(self._with_extra_env(province_process(self.site, self.site.province)))
        self._start_stage("启动各服务", [spec for spec in own if spec.stage is Stage.SERVICES])
        self._start_stage("启动网关", [spec for spec in own if spec.stage is Stage.GATEWAY])
        self._start_stage("启动其他进程", extra)

    def _start_stage(self, title: str, specs: list[ProcessSpec]) -> None:
        if specs:
            with self._reporter.phase(title):
                self.supervisor.start(specs)

    def _with_extra_env(self, spec: ProcessSpec) -> ProcessSpec:
        return replace(spec, env={**spec.env, **self.options.env.get(spec.name, {})})


def _in_own_loop(make: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run a coroutine to its end on a thread of its own: the caller may itself be inside a running event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(make())).result()
