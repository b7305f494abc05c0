"""What the person at the keyboard sees while the platform starts: a line per phase with its time."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from rich.console import Console


class Reporter(Protocol):
    """Where phases and notices go."""

    def phase(self, title: str) -> AbstractContextManager[None]:
        """Surrounds one phase; the title is Chinese and says what is done."""

    def notice(self, sentence: str) -> None:
        """One Chinese sentence about something unusual."""


class Silent:
    """Tells nobody: for tests and for programs with a display of their own."""

    def phase(self, title: str) -> AbstractContextManager[None]:
        return nullcontext()

    def notice(self, sentence: str) -> None:
        return None


class OnConsole:
    """A spinner while a phase runs, and a line with its seconds when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def phase(self, title: str) -> Iterator[None]:
        began = time.monotonic()
        with self._console.status(f"{title}…"):
            yield
        self._console.print(f"[green]✓[/green] {title}  [dim]{time.monotonic() - began:.1f} 秒[/dim]", highlight=False)

    def notice(self, sentence: str) -> None:
        self._console.print(f"[yellow]！[/yellow] {sentence}", highlight=False, soft_wrap=True)
