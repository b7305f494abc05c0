"""`python -m deploy.embedded up | down`: run the platform in the foreground, or stop the running one (启动、停止)."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from deploy import topology
from deploy.embedded.attach import holder_of
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.layout import DataFolder
from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.process import PROJECT_ROOT
from deploy.embedded.report import OnConsole

DEFAULT_DATA: Final = PROJECT_ROOT / ".ssj"
DEFAULT_PORT: Final = 8000
INTERRUPTED: Final = 130

app = typer.Typer(add_completion=False, help="嵌入式平台：PostgreSQL、NATS、各服务与网关，一条命令启动。")

DataOption = Annotated[Path, typer.Option("--data", envvar="SSJ_DATA", help="数据目录")]


@app.command()
def up(  # noqa: PLR0913 - a parameter per command-line option
    data: DataOption = DEFAULT_DATA,
    port: Annotated[int, typer.Option(envvar="SSJ_PORT", help="网关端口")] = DEFAULT_PORT,
    postgres_dsn: Annotated[str | None, typer.Option(envvar="SSJ_POSTGRES_DSN", help="使用已有的 PostgreSQL")] = None,
    nats_url: Annotated[str | None, typer.Option(envvar="SSJ_NATS_URL", help="使用已有的 NATS")] = None,
    services: Annotated[str, typer.Option(help="只启动这些服务，用逗号分隔")] = ",".join(topology.SERVICES),
    no_gateway: Annotated[bool, typer.Option("--no-gateway", help="不启动网关")] = False,
    profile: Annotated[str, typer.Option(envvar="SSJ_PROFILE", help="demo 或 production")] = "demo",
) -> None:
    """启动平台并在前台运行，Ctrl-C 有序停止。"""
    options = PlatformOptions(
        data_dir=data,
        services=tuple(name.strip() for name in services.split(",") if name.strip()),
        gateway=not no_gateway,
        gateway_port=port,
        postgres_dsn=postgres_dsn,
        nats_url=nats_url,
        profile=profile,
    )
    console = Console()
    sys.exit(serve(EmbeddedPlatform(options, OnConsole(console)), console))


def serve(platform: EmbeddedPlatform, console: Console) -> int:
    """Run a platform until a signal asks to stop; returns the exit code. A second signal kills what is left."""
    stopping = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stopping.is_set():
            platform.hurry()
            return
        stopping.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    ready = False
    try:
        with platform:
            ready = True
            console.print(address_table(platform))
            platform.show_log(console)
            _wait_forever(console)
    except KeyboardInterrupt:
        console.print("平台已停止。")
        return 0 if ready else INTERRUPTED
    except EmbeddedError as error:
        console.print(f"✗ {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return error.exit_code
    return 0


def _wait_forever(console: Console) -> None:
    try:
        while True:
            signal.pause()
    finally:
        console.print("正在有序停止……（再按一次 Ctrl-C 立即结束）")


def address_table(platform: EmbeddedPlatform) -> Table:
    """The addresses of a running platform, for the console."""
    table = Table(title="平台已就绪", show_header=False, title_justify="left")
    for name in platform.site.ports:
        table.add_row("网关" if name == topology.GATEWAY else f"服务 {name}", platform.url(name))
    addresses = platform.addresses()
    table.add_row("PostgreSQL", str(addresses["postgres"]))
    table.add_row("NATS", str(addresses["nats"]))
    table.add_row("数据目录", str(platform.data.root))
    return table


@app.command()
def down(
    data: DataOption = DEFAULT_DATA, timeout: Annotated[float, typer.Option(help="最多等待的秒数")] = 60.0
) -> None:
    """停止在数据目录上运行的平台。"""
    console = Console()
    folder = DataFolder(data.resolve())
    pid = holder_of(folder)
    if pid is None:
        console.print("没有平台在运行。")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout
    while holder_of(folder) is not None:
        if time.monotonic() > deadline:
            console.print(f"✗ {timeout:.0f} 秒内未能停止进程 {pid}。", style="red")
            sys.exit(1)
        time.sleep(0.1)
    console.print("平台已停止。")


if __name__ == "__main__":
    app()
