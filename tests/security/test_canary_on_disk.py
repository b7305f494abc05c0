"""SEC5, SEC6 on disk: after numbers of persons came in by hand and by file, whoever takes the whole data folder away
(databases with their log, the stream's store, kept files, logs) finds none in the clear; nor who reads the metrics.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
import pytest

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from shared.values.ids import new_id
from tests.builders.registry import INSPECTOR_HEADER, a_file, inspector_body, inspector_line
from tests.security.knocking import an_allrounder
from tests.security.street import Street

DISTRICT: Final = "mengjin-disk"
WORD: Final = "磁盘上的示例"
"""No secret, but of the files and the rows of persons: that it is found in a database shows that the search finds."""


@dataclass
class Ground:
    """What was planted, and where it could have been left."""

    platform: EmbeddedPlatform
    canaries: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)

    def canary(self) -> str:
        self.canaries.append(f"137{len(self.canaries):02d}{new_id().int % 10**6:06d}")
        return self.canaries[-1]

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """As text, or as the hexadecimal of its bytes."""
        shapes = [shape for one in self.canaries for shape in (one, one.encode().hex())]
        return re.compile("|".join(shapes).encode())

    def files(self) -> Iterator[Path]:
        yield from (path for path in self.platform.data.root.rglob("*") if path.is_file())

    def holders(self, word: bytes) -> set[str]:
        """First folders under the data folder in whose files the bytes stand."""
        root = self.platform.data.root
        return {path.relative_to(root).parts[0] for path in self.files() if word in _content(path)}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""  # a segment that was recycled meanwhile


def done(answer: httpx2.Response, *statuses: int) -> Any:
    assert answer.status_code in statuses, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def ground(street: Street) -> Ground:
    found = Ground(street.platform)
    with street.client("registry", an_allrounder(DISTRICT)) as desk:
        body = {"code": "SCJG", "name": "市场监管局", "short_name": "市监局"}
        assert desk.post("/v1/departments", json=body).status_code in (201, 409)
        made = [
            done(desk.post("/v1/inspectors", json=inspector_body(n, name=WORD, phone=found.canary())), 201)
            for n in range(1, 4)
        ]
        desk.post("/v1/inspectors", json=inspector_body(9, phone=f"打{found.canary()}"))
        desk.get("/v1/inspectors", params={"q": found.canary()})
        lines = [inspector_line(20 + n, name=WORD, phone=found.canary()) for n in range(3)]
        lines.append(inspector_line(30, valid_until="昨天", phone=found.canary()))
        found.digests.append(
            done(desk.post("/v1/import-files", content=a_file(INSPECTOR_HEADER, *lines)), 201)["digest"]
        )
        job = done(desk.post("/v1/import-jobs", json={"kind": "inspectors", "file_digest": found.digests[0]}), 202)
        wait_for(lambda: done(desk.get(f"/v1/import-jobs/{job['id']}"), 200)["state"] not in ("queued", "running"))
        assert len(done(desk.get("/v1/inspectors"), 200)["items"]) >= len(made) + 1
    found.events = asyncio.run(told_and_written(street.platform))
    wait_for(lambda: is_in_stream(street.platform, found.events[-1]))
    return found


def wait_for(what: Any, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.2)


async def told_and_written(platform: EmbeddedPlatform) -> list[str]:
    """Ids of the events that told of it; PostgreSQL writes what it still holds in memory."""
    connection = await asyncpg.connect(platform.admin_dsn.rpartition("/")[0] + "/ssj_registry")
    try:
        rows = await connection.fetch("SELECT event_id FROM outboxes WHERE district = $1 ORDER BY 1", DISTRICT)
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    return [str(row["event_id"]) for row in rows]


def is_in_stream(platform: EmbeddedPlatform, event_id: str) -> bool:
    return any(event_id.encode() in _content(path) for path in platform.data.nats.rglob("*") if path.is_file())


def test_the_search_finds_what_is_there(ground: Ground) -> None:
    """Names in the database, events in the stream's store, the uploaded file among the kept ones."""
    assert len(ground.canaries) == 9
    assert "postgres" in " ".join(ground.holders(WORD.encode()))
    assert "nats" in ground.holders(ground.events[0].encode())
    kept = [path for path in ground.files() if ground.digests[0].removeprefix("sha256:") in path.as_posix()]
    assert kept
    assert WORD.encode() not in _content(kept[0]), "a file of persons is sealed"


def test_the_data_folder_holds_no_number_in_the_clear(ground: Ground) -> None:
    root = ground.platform.data.root
    found = [str(path.relative_to(root)) for path in ground.files() if ground.pattern.search(_content(path))]
    assert found == []


def test_what_the_processes_wrote_down_is_among_it(ground: Ground) -> None:
    """The logs of this run stand in the folder that was searched."""
    logs: Mapping[str, bytes] = {path.stem: _content(path) for path in ground.platform.data.logs.glob("*.log")}
    assert b"/v1/inspectors" in logs["registry"]
    assert set(topology.PRODUCERS) <= set(logs)


@pytest.mark.parametrize("name", topology.PRODUCERS)
def test_no_metric_names_one(street: Street, ground: Ground, name: str) -> None:
    with street.client(name, None) as desk:
        answer = desk.get("/metrics")
    if name == topology.GATEWAY:
        assert answer.status_code == 404, "not for this side of the door"
    else:
        assert b"ssj_http_request_seconds" in answer.content
    assert ground.pattern.search(answer.content) is None
