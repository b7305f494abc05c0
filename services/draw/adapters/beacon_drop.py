"""The watched folder of public values (随机源文件夹): somebody or something puts files there, nobody here changes one.

Whoever writes a file writes it under another name and renames it to `….json` when it is whole.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.draw.domain.beacon_files import LARGEST

_SUFFIX: Final = ".json"
_MOST: Final = 1000
"""Files looked at in one round; a folder with more is no drop folder."""
_NAME_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """`content` is cut one byte past the largest size allowed, which is enough to see that it is too large."""

    name: str
    content: bytes
    sha256: str


def dropped_files(folder: Path) -> Iterator[DroppedFile]:
    """Plain files `*.json` of the folder by name; links and hidden files are passed over, and so is what cannot be read
    now."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir())[:_MOST]:
        if path.suffix != _SUFFIX or path.name.startswith(".") or len(path.name) > _NAME_LENGTH:
            continue
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                continue
            yield _read(path)
        except OSError:
            continue


def _read(path: Path) -> DroppedFile:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
        digest = hashlib.sha256(content)
        while block := file.read(LARGEST):
            digest.update(block)
    return DroppedFile(path.name, content, digest.hexdigest())
