"""A service's process on this machine, from outside its supervisor: asked to end, it is brought back with new keys."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Final

from cli.ops.answer import CouldNot
from cli.ops.status import not_ready
from deploy.embedded.attach import holder_of
from deploy.embedded.services import Site, module_of

BACK_WITHIN: Final = 60.0


def pid_of(site: Site, service: str) -> int | None:
    """The child of the platform's supervisor that serves `service`."""
    supervisor = holder_of(site.data)
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parent = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()[1]
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if int(parent) == supervisor and module_of(service).encode() in words:
                return int(entry.name)
    return None


async def restart(site: Site, service: str) -> None:
    """In the ordinary way: it ends what it has in hand. Raises CouldNot when it does not come back."""
    before = pid_of(site, service)
    if before is None:
        raise CouldNot("ssj.process_unknown", f"找不到服务 {service} 的进程，请自行重启它")
    os.kill(before, signal.SIGTERM)
    deadline = time.monotonic() + BACK_WITHIN
    while pid_of(site, service) in (before, None) or await not_ready(site.url(service)):
        if time.monotonic() > deadline:
            raise CouldNot("ssj.not_back", f"服务 {service} 重启后 {BACK_WITHIN:.0f} 秒内未就绪")
        await asyncio.sleep(0.1)
