"""What a fault does to the broker: its store damaged, a stream gone; and a look at a durable."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.provision_nats import connect, provision_nats

Damage = Callable[[Path, Path], None]
"""`damage(store, copy)`: the store of the stopped broker; a copy of it taken some events earlier."""


def store_of(platform: EmbeddedPlatform) -> Path:
    return platform.data.nats / "store"


def wiped(store: Path, copy: Path) -> None:
    shutil.rmtree(store)


def rolled_back(store: Path, copy: Path) -> None:
    """As if the machine had lost what was not yet synced; stronger, for it takes the durables back too."""
    shutil.rmtree(store)
    shutil.copytree(copy, store)


def truncated(store: Path, copy: Path) -> None:
    """The newest block of the stream loses its second half."""
    block = _newest_block(store)
    with block.open("r+b") as file:
        file.truncate(block.stat().st_size // 2)


def flipped(store: Path, copy: Path) -> None:
    """One bit in the middle of the newest block, and no index to tell of it."""
    block = _newest_block(store)
    content = bytearray(block.read_bytes())
    content[len(content) // 2] ^= 1
    block.write_bytes(bytes(content))
    for index in block.parent.glob("*.db"):
        index.unlink()


def _newest_block(store: Path) -> Path:
    blocks = store.glob(f"**/streams/{topology.stream_name('results')}/msgs/*.blk")
    return max(blocks, key=lambda path: int(path.stem))


async def ask(platform: EmbeddedPlatform, question: str) -> dict[str, Any]:
    """The administrator's question to JetStream, e.g. `STREAM.DELETE.RESULTS`."""
    connection = await connect(platform.nats_admin_url)
    try:
        answer = await connection.request(f"$JS.API.{question}", b"", timeout=5)
    finally:
        await connection.close()
    found: dict[str, Any] = json.loads(answer.data)
    return found


async def durable(platform: EmbeddedPlatform, consumer: str, producer: str) -> dict[str, Any]:
    """What the broker knows of one lane (`num_pending`, `num_ack_pending`, `num_redelivered`, `ack_floor`)."""
    return await ask(platform, f"CONSUMER.INFO.{topology.stream_name(producer)}.{consumer}-from-{producer}")


async def provision(platform: EmbeddedPlatform) -> None:
    """Streams and durables as they are declared, as an operator makes them again."""
    await provision_nats(platform.nats_admin_url, max_bytes=platform.options.stream_max_bytes)
