"""One log out of many processes: a file per process, and all of them on the console with a coloured name in front."""

from collections import deque
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

SUPERVISOR: Final = "ssj"
ROTATE_AT: Final = 20 * 1024 * 1024
REMEMBERED_LINES: Final = 40
COLOURS: Final = ("cyan", "green", "yellow", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta")


class LogBook:
    """Takes the lines of every process, for the files and, once `show_on` was called, for the console.

    Never raises for a log that cannot be written: a full disk must not stop the thread that keeps the processes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._console: Console | None = None
        self._recent: dict[str, deque[str]] = {}
        self.lost_lines = 0

    def show_on(self, console: Console) -> None:
        """From now on show every line on the console too."""
        self._console = console

    def write(self, name: str, line: str) -> None:
        """Keep one line (without its line end) of the process `name`."""
        self._recent.setdefault(name, deque(maxlen=REMEMBERED_LINES)).append(line)
        self._to_file(name, line)
        if self._console is not None:
            self._to_console(self._console, name, line)

    def last_lines(self, name: str, count: int = 8) -> tuple[str, ...]:
        """The newest lines of a process, oldest first: what an error message quotes."""
        return tuple(self._recent.get(name, ()))[-count:]

    def _to_file(self, name: str, line: str) -> None:
        path = self._folder / f"{name}.log"
        try:
            if path.exists() and path.stat().st_size > ROTATE_AT:
                path.replace(path.with_suffix(".log.1"))
            with path.open("a", encoding="utf-8") as out:
                out.write(line + "\n")
        except OSError:
            self.lost_lines += 1

    def _to_console(self, console: Console, name: str, line: str) -> None:
        colour = COLOURS[sum(name.encode()) % len(COLOURS)]
        console.print(Text.assemble((f"{name:<9}│ ", colour), line), soft_wrap=True)
