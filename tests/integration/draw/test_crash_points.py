"""The process dies at each point of a draw: nothing was done, or all of it (REL17)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.draw.conftest import Led
from tests.integration.draw.substituting import GONE, a_colleague, approve, ask, confirm, officer_of, replaceable

Lead = Callable[..., Awaitable[Led]]
ROOT = Path(__file__).resolve().parents[3]


async def dies(led: Led, point: str, act: str, body: dict[str, Any]) -> None:
    """Runs one act in a process that is to die at `point`."""
    environment = led.served.platform.environment("draw") | {"CRASH_AT": point, "PATH": ""}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.draw.crashing", act, led.district, json.dumps(body)),
        cwd=ROOT,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 137, said.decode()


async def kinds(led: Led) -> list[str]:
    return [entry["kind"] for entry in (await led.get(led.freezer, "/v1/log?page_size=200"))["items"]]


async def test_a_freeze_that_dies_leaves_no_pool(lead: Lead) -> None:
    led = await lead()
    await dies(led, "drw.after_freeze", "freeze", led.pool_body())
    assert (await led.get(led.freezer, "/v1/draws"))["items"] == []
    await led.freeze()


async def test_a_commitment_that_dies_leaves_the_log_as_it_was(lead: Lead) -> None:
    led = await lead()
    await led.freeze()
    await led.hand_over()
    await dies(led, "drw.after_commitment", "commit", {"draw_id": str(led.draw_id)})
    assert (await kinds(led), (await led.detail())["stage"]) == ([], "FROZEN")
    await led.act(led.committer, "commitment")
    assert await kinds(led) == ["commitment"]


@pytest.mark.parametrize("point", ["drw.after_seed", "drw.after_select", "drw.after_match", "drw.after_commit"])
async def test_a_draw_that_dies_is_whole_or_not_begun_and_is_done_once(lead: Lead, point: str) -> None:
    led = await lead()
    await led.led_to_reveal()
    await dies(led, point, "result", {"draw_id": str(led.draw_id)})
    done = point == "drw.after_commit"
    detail = await led.detail()
    visits = (await led.get(led.freezer, "/v1/visits?page_size=200"))["items"]
    assert detail["stage"] == ("PUBLISHED" if done else "REVEALED")
    assert len(visits) == (detail["result"]["visits"] if done else 0)
    await led.act(led.committer, "result")
    assert await kinds(led) == ["commitment", "shares", "result"]
    again = (await led.get(led.freezer, "/v1/visits?page_size=200"))["items"]
    assert len(again) == (await led.detail())["result"]["visits"]
    assert not done or again == visits


async def test_a_substitution_that_dies_exchanges_nothing_and_is_done_once(lead: Lead) -> None:
    """Documents, result, visits and events of a substitution are one transaction."""
    led = await lead()
    await led.led_to_result()
    visit = (await replaceable(led))[0]
    request_id = (await ask(led, officer_of(led, visit), visit, GONE)).json()["id"]
    await confirm(led, a_colleague(led), request_id)
    await dies(led, "drw.after_substitution", "approve", {"request_id": request_id})
    assert await kinds(led) == ["commitment", "shares", "result"]
    assert visit in await replaceable(led)
    done = (await approve(led, led.committer, request_id)).json()
    assert (done["state"], done["result_version"]) == ("applied", 1)
    assert await kinds(led) == ["commitment", "shares", "result", "substitution", "result"]
