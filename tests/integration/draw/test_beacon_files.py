"""Public values from a watched folder: noted as they appear, taken with their provenance, never made here (D2)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.draw.settings import DrawSettings
from services.draw.usecases.watch_beacons import note_beacon_files, watch_beacon_drop
from shared.runtime.service import Process
from tests.builders.people import the_service
from tests.integration.draw.conftest import Led
from tests.integration.draw.test_ceremony import BEACON, verified
from tests.integration.draw.test_substitutions import code

Lead = Callable[..., Awaitable[Led]]
FILE = {"format": "ssj-beacon/1", "ref": BEACON["ref"], "value": "03,07,11,20", "source": "中国福彩网 21:35"}


def drop(folder: Path, name: str, content: object = FILE) -> bytes:
    raw = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    (folder / name).write_bytes(raw)
    return raw


async def look(led: Led, folder: Path) -> None:
    await note_beacon_files(folder, led.served.work(the_service("draw", led.district)))


async def seen(led: Led, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await led.get(led.committer, f"/v1/beacon-files{query}"))["items"]
    return found


async def to_sealed(led: Led) -> None:
    await led.freeze(beacons=[BEACON], no_beacon_profile=False, reveal_seconds=1)
    await led.commit()
    await led.reveal()


async def test_a_draw_takes_its_value_from_the_file_of_its_issue_and_says_so(lead: Lead, tmp_path: Path) -> None:
    led = await lead()
    await to_sealed(led)
    await asyncio.sleep(2.1)
    assert code(await led.act(led.committer, "beacon", {"from_files": True}, None)) == (
        409,
        "draw.beacon_file_missing",
    )
    raw = drop(tmp_path, "kl8-2026310.json")
    await look(led, tmp_path)
    both = {"from_files": True, "values": [{"id": "快乐8", "value": "1", "provenance": "手工"}]}
    assert (await led.act(led.committer, "beacon", both, None)).status_code == 422
    await led.act(led.committer, "beacon", {"from_files": True})
    await led.act(led.committer, "result")
    (beacon,) = (await led.detail())["beacons"]
    (file,) = await seen(led)
    assert beacon["value"] == FILE["value"]
    digest = hashlib.sha256(raw).hexdigest()
    assert file["sha256"] == digest
    assert beacon["provenance"].startswith(f"文件 kl8-2026310.json，SHA-256 {digest}，见到于 20")
    assert beacon["provenance"].endswith("来源：中国福彩网 21:35")
    assert verified(await led.record(), tmp_path, "--at-result") == "OK record.json"


async def test_a_value_that_lay_there_before_its_moment_is_not_taken(lead: Lead, tmp_path: Path) -> None:
    led = await lead()
    drop(tmp_path, "early.json")
    await look(led, tmp_path)
    await to_sealed(led)
    await asyncio.sleep(2.1)
    early = await led.act(led.committer, "beacon", {"from_files": True}, None)
    assert code(early) == (409, "draw.beacon_seen_too_early")
    drop(tmp_path, "later.json", FILE | {"value": "99,99,99,99"})
    await look(led, tmp_path)
    assert code(await led.act(led.committer, "beacon", {"from_files": True}, None)) == (
        409,
        "draw.beacon_files_disagree",
    )


async def test_a_bad_file_is_named_with_its_problem_and_stays(lead: Lead, tmp_path: Path) -> None:
    led = await lead()
    drop(tmp_path, "bad.json", b"{")
    drop(tmp_path, "good.json")
    drop(tmp_path, "unfinished.json.part", b"{")
    (tmp_path / "link.json").symlink_to(tmp_path / "good.json")
    await look(led, tmp_path)
    await look(led, tmp_path)
    (bad,) = await seen(led, "?bad=true")
    assert (bad["name"], bad["problem_code"], bad["value"]) == ("bad.json", "draw.beacon_file_not_text", None)
    assert bad["problem"] == "随机源文件不是 UTF-8 文本，或不是一个严格的 JSON 对象"
    assert [file["name"] for file in await seen(led, "?bad=false")] == ["good.json"]
    assert sorted(os.listdir(tmp_path)) == [
        "bad.json",
        "good.json",
        "link.json",
        "unfinished.json.part",
    ]
    drop(tmp_path, "bad.json")
    await look(led, tmp_path)
    assert len(await seen(led)) == 3, "the mended file is another one, the bad one stays on record"


@pytest.mark.parametrize("has_folder", [True, False])
async def test_the_worker_looks_into_the_folder_of_its_settings(lead: Lead, tmp_path: Path, has_folder: bool) -> None:
    led = await lead()
    drop(tmp_path, f"{led.district}.json")
    own = led.served.process
    process = object.__new__(Process)
    settings: Any = own.settings
    assert isinstance(settings, DrawSettings)
    process.settings = settings.model_copy(update={"beacon_drop": tmp_path if has_folder else None})
    process.service, process.open = own.service, own.open
    watch = asyncio.ensure_future(watch_beacon_drop(process))
    await asyncio.sleep(0.5)
    assert not watch.done()
    watch.cancel()
    async with led.served.work(the_service("draw", settings.district)) as work:
        assert bool(await work.beacon_files.known([f"{led.district}.json"])) is has_folder
