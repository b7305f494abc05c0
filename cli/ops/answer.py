"""How a command answers: stdout is data, stderr is talk, errors too are JSON under `--json`, three exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Final

import asyncpg
import httpx2
import orjson
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn

from deploy.embedded.errors import EmbeddedError

JsonObject = dict[str, Any]


class Exit(IntEnum):
    """0 fine, 1 found something, 2 could not check."""

    FINE = 0
    FOUND_SOMETHING = 1
    COULD_NOT_CHECK = 2


class CouldNot(Exception):
    """The command cannot do its work: a sentence in Chinese and a stable code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` goes out under `--json`, `shown` otherwise; `said` is talk."""

    exit: Exit
    data: JsonObject
    shown: tuple[RenderableType, ...] = ()
    said: tuple[str, ...] = ()


_AWAY: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, httpx2.TransportError)


def give(work: Callable[[], Answer], *, as_json: bool) -> int:
    """Runs a command's work, prints what it found, returns the exit code."""
    talk = Console(stderr=True, highlight=False)
    try:
        answer = work()
    except (CouldNot, EmbeddedError) as error:
        return _failed(error.code, str(error), talk, as_json=as_json)
    except _AWAY as error:
        return _failed("ssj.unreachable", f"服务器无法访问（{type(error).__name__}：{error}）", talk, as_json=as_json)
    if as_json:
        sys.stdout.write(orjson.dumps(answer.data, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")
    else:
        out = Console(highlight=False)
        out = out if out.is_terminal else Console(highlight=False, width=140)
        for part in answer.shown:
            out.print(part)
    for sentence in answer.said:
        talk.print(sentence, markup=False)
    return int(answer.exit)


def _failed(code: str, message: str, talk: Console, *, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(orjson.dumps({"error": {"code": code, "message": message}}).decode() + "\n")
    talk.print(f"✗ {message}", style="red", markup=False, soft_wrap=True)
    return int(Exit.COULD_NOT_CHECK)


class ProgressKind(StrEnum):
    """`--progress`: auto shows a bar on a terminal and nothing elsewhere."""

    AUTO = "auto"
    BAR = "bar"
    TEXT = "text"
    NONE = "none"


class Steps:
    """What a long command is at, on stderr. `at(text)` begins the next of `total` steps."""

    def __init__(self, tell: Callable[[int, str], None]) -> None:
        self._tell, self._done = tell, 0

    def at(self, text: str) -> None:
        self._done += 1
        self._tell(self._done, text)


@contextmanager
def steps(kind: ProgressKind, total: int) -> Iterator[Steps]:
    """Steps shown as `kind` asks."""
    console = Console(stderr=True, highlight=False)
    bar_wanted = kind is ProgressKind.BAR or (kind is ProgressKind.AUTO and console.is_terminal)
    if bar_wanted:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=total)
            yield Steps(lambda number, text: bar.update(task, completed=number, description=text))
    elif kind is ProgressKind.TEXT:
        yield Steps(lambda number, text: console.print(f"[{number}/{total}] {text}", markup=False))
    else:
        yield Steps(lambda number, text: None)
