"""Checkpoints as files beside the database: whoever rules over the database does not rule over them.

One file a checkpoint, `checkpoints/<service>-<number>.json` in the service's folder of files; never written twice.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from shared.runtime.audit_store import KeptCheckpoint


def as_json(kept: KeptCheckpoint) -> dict[str, object]:
    """As files, events and routes carry it."""
    return {"number": kept.number, "size": kept.size, "body": kept.body, "signature": kept.signature.hex()}


async def keep_checkpoint(folder: Path, service: str, kept: KeptCheckpoint) -> None:
    """Does nothing where the file is there: it stays as it was first written."""
    await asyncio.to_thread(_write, folder / "checkpoints", f"{service}-{kept.number:08}.json", as_json(kept))


def _write(folder: Path, name: str, content: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    target, draft = folder / name, folder / f".{name}"
    if target.exists():
        return
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
