"""`ssj run` and `ssj story`: the platform, the story played on it, the table at the end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from demo.district import generate
from demo.district.files import write
from demo.story.accounts import sign_in_table
from demo.story.expectations import Expectations, ExpectationUnknown
from demo.story.play import play
from demo.story.results_steps import FAULTS
from demo.story.stage import Stage, StepDone, StoryFailed
from deploy.embedded.__main__ import serve
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.report import OnConsole

PLAYED = "story"
STORY_FAILED = 30
BAD_EXPECTATION = 31


class Platform:
    """What the story may do to the platform (demo.story.stage.Machinery)."""

    def __init__(self, platform: EmbeddedPlatform) -> None:
        self._platform = platform

    def stop_process(self, name: str) -> None:
        self._platform.stop_process(name)

    def start_process(self, name: str) -> None:
        self._platform.start_process(name)

    def restart_with(self, name: str, env: Mapping[str, str]) -> None:
        self._platform.start_process(name, env)

    def create_administrator(self, login: str, password: str) -> None:
        """The first account, made on the machine itself."""
        made = subprocess.run(  # noqa: S603 - our own argv
            [sys.executable, "-m", "gateway.main", "create-administrator", login],
            input=password + "\n",
            text=True,
            capture_output=True,
            check=False,
            env=self._platform.environment("gateway"),
            cwd=Path(__file__).resolve().parents[1],
        )
        if made.returncode != 0:
            raise ValueError(f"建立首个账号失败：{made.stdout}{made.stderr}")


def run_platform(data: Path, port: int, postgres_dsn: str | None, nats_url: str | None, seed: int) -> int:
    """Starts, plays the story on an empty data folder, serves until stopped; returns the exit code."""
    console = _console()
    options = PlatformOptions(
        data_dir=data, gateway_port=port, postgres_dsn=postgres_dsn, nats_url=nats_url, province=True
    )
    return serve(_Playing(options, OnConsole(console), console, seed), console)


def _console(*, to_stderr: bool = False) -> Console:
    """A terminal's own width, and room enough for the table where the output goes to a file."""
    console = Console(highlight=False, stderr=to_stderr)
    return console if console.is_terminal else Console(highlight=False, stderr=to_stderr, width=140)


class _Playing(EmbeddedPlatform):
    """A platform that plays the story once, when it is up and before it is called ready."""

    def __init__(self, options: PlatformOptions, reporter: OnConsole, console: Console, seed: int) -> None:
        super().__init__(options, reporter)
        self._console, self._seed = console, seed

    def start(self) -> None:
        super().start()
        try:
            if not self.data.marked(PLAYED):
                told = tell(self, self._seed, Expectations(), None, self._console)
                if told.failed is not None:
                    raise StoryBroke(told.failed)
                self.data.mark(PLAYED)
            self._console.print(sign_in_table())
        except BaseException:
            self.stop()
            raise


class StoryBroke(EmbeddedError):
    """The story did not hold on this platform."""

    exit_code = STORY_FAILED
    code = "platform.story_failed"

    def __init__(self, failed: StoryFailed) -> None:
        super().__init__(f"演示未能通过，{failed}")


def play_story(seed: int, expect: list[str], fault: str | None, *, as_json: bool) -> int:
    """A fresh platform in a temporary folder, the story, the end; 0 only if every check held."""
    console = _console(to_stderr=as_json)
    expectations = Expectations()
    try:
        for setting in expect:
            expectations = expectations.changed(setting)
    except ExpectationUnknown as error:
        console.print(f"✗ {error}", style="red")
        return BAD_EXPECTATION
    if fault is not None and fault not in FAULTS:
        console.print(f"✗ 没有名为 {fault} 的故障，可选：{'、'.join(FAULTS)}", style="red")
        return BAD_EXPECTATION
    try:
        with EmbeddedPlatform(PlatformOptions(province=True), OnConsole(console)) as platform:
            told = tell(platform, seed, expectations, fault, console)
    except EmbeddedError as error:
        console.print(f"✗ {error}", style="red", markup=False)
        return error.exit_code
    if as_json:
        print(orjson.dumps(told.summary()).decode())
    return 0 if told.failed is None else STORY_FAILED


@dataclass(frozen=True, slots=True)
class Told:
    """How a telling of the story went."""

    stage: Stage
    failed: StoryFailed | None

    def summary(self) -> dict[str, Any]:
        facts = self.stage.facts
        return {
            "steps": [done.name for done in self.stage.done],
            "failed": None if self.failed is None else {"step": self.failed.step, "detail": self.failed.detail},
            "drawn": facts.get("drawn", []),
            "listed": facts.get("listed_uscc"),
        }


def tell(platform: EmbeddedPlatform, seed: int, expect: Expectations, fault: str | None, console: Console) -> Told:
    """Plays the story on a running platform and prints the table."""
    began = time.monotonic()

    def announce(done: StepDone) -> None:
        console.print(f"[green]✓[/] {done.title}  [dim]{done.seconds:.1f} 秒 {done.note}[/]")

    with tempfile.TemporaryDirectory(prefix="ssj-district-") as folder:
        district = generate(seed)
        write(district, Path(folder))
        stage = Stage(platform.url("gateway"), Platform(platform), district, Path(folder), expect, fault, announce)
        if platform.site.province is not None:
            stage.facts["province"] = platform.site.province.url
        failed = asyncio.run(_played(stage))
    console.print(_table(stage, time.monotonic() - began))
    if failed is not None:
        console.print(f"✗ {failed}", style="red", markup=False)
    return Told(stage, failed)


async def _played(stage: Stage) -> StoryFailed | None:
    try:
        await play(stage)
    except StoryFailed as failed:
        return failed
    finally:
        await stage.close()
    return None


def _table(stage: Stage, seconds: float) -> Table:
    table = Table(
        title=f"监管周期演示：{len(stage.done)} 步，共 {seconds:.1f} 秒", title_justify="left", show_edge=False
    )
    columns: tuple[tuple[str, Any], ...] = (
        ("步骤", "left"),
        ("内容", "left"),
        ("核对", "right"),
        ("秒", "right"),
        ("情况", "left"),
    )
    for title, justify in columns:
        table.add_column(title, justify=justify, overflow="fold")
    for done in stage.done:
        table.add_row(done.name, done.title, str(done.checks), f"{done.seconds:.1f}", done.note)
    return table
