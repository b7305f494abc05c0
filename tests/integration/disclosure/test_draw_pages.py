"""Draw pages over a real ceremony: led in draw, heard in any order, verified from what is downloaded (D2, B4)."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.disclosure.domain.draw_page_documents import DocumentAltered
from services.disclosure.messaging.draws import on_document_published
from services.disclosure.usecases.keep_draws import settle_draw
from shared.events.draw import DocumentPublishedV1
from shared.events.envelope import Heard
from shared.runtime.principal import service_principal
from shared.values.ids import new_id
from tests.integration.draw.conftest import Led
from tests.integration.draw.conftest import draw as draw
from tests.integration.draw.conftest import lead as lead
from tests.support.served import Served

VERIFY = Path(__file__).parents[3] / "verifier" / "verify.py"


@dataclass
class Portal:
    """The portal's application in one district, told of draws as their lanes would."""

    served: Served
    district: str

    def work(self) -> Any:
        return self.served.work(service_principal("disclosure", self.district))

    async def hear(self, *events: DocumentPublishedV1) -> None:
        async with self.work() as work:
            heard = [Heard(one, new_id(), "draw", 1, self.district, work.now) for one in events]
            await on_document_published(heard, work)
            await work.commit()

    async def settle(self, led: Led) -> None:
        caller = service_principal("disclosure", self.district)
        async with led.served.client(caller) as client:
            answer = await client.get(f"/internal/v1/draws/{led.draw_id}/public-side")
        assert answer.status_code == 200, answer.text
        await settle_draw(led.draw_id, answer.json(), self.work())

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.served.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://portal") as client:
            return await client.get(path, headers=headers)


@pytest.fixture
async def portal(served: Callable[..., Awaitable[Served]], district: str) -> Portal:
    """Readers come without a token: the portal's own district is the test's."""
    running = await served("disclosure")
    running.process.settings.district = district
    return Portal(running, district)


async def documents_of(led: Led) -> list[DocumentPublishedV1]:
    found = await led.get(led.freezer, f"/v1/log?draw={led.draw_id}")
    return [
        DocumentPublishedV1(
            aggregate_version=one["log_seq"],
            draw_id=UUID(one["draw_id"]),
            log_seq=one["log_seq"],
            kind=one["kind"],
            text=one["text"],
            published_at=one["published_at"],
        )
        for one in found["items"]
    ]


def verified(record: bytes, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    file = folder / "record.json"
    file.write_bytes(record)
    command = [sys.executable, str(VERIFY), *options, str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def test_a_draw_shows_step_by_step_and_its_record_verifies(
    lead: Callable[..., Awaitable[Led]], portal: Portal, tmp_path: Path
) -> None:
    led = await lead()
    await led.freeze()
    assert (await portal.get(f"/d/{led.draw_id}")).status_code == 404
    await led.commit()
    await portal.hear(*await documents_of(led))
    assert (await portal.get(f"/d/{led.draw_id}/record.json")).status_code == 503, "its token files are on their way"
    await portal.settle(led)
    page = (await portal.get(f"/d/{led.draw_id}")).text
    assert 'data-phase="live"' in page, "a ceremony of ten minutes is live from its commitment on"
    assert "尚未抽取" in (await portal.get("/draws")).text
    await led.reveal()
    await led.act(led.committer, "result")
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    shown = await portal.get(f"/d/{led.draw_id}")
    assert 'data-phase="after"' in shown.text
    record = await portal.get(f"/d/{led.draw_id}/record.json")
    assert record.status_code == 200
    assert verified(record.content, tmp_path, "--at-result").stdout == "OK record.json\n"
    drawn = [line.split("\t")[4] for line in record.json()["expected"]["result_text"].splitlines() if line[0] == "D"]
    assert drawn
    assert all(token in shown.text for token in drawn)


async def test_one_byte_flipped_in_a_downloaded_record_is_refused(
    lead: Callable[..., Awaitable[Led]], portal: Portal, tmp_path: Path
) -> None:
    led = await lead()
    await led.led_to_result()
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    record = (await portal.get(f"/d/{led.draw_id}/record.json")).content
    own = await led.record()
    assert json.loads(record) == own, "the portal gives what draw itself gives"
    at = record.index(b'"S1":["') + 10
    flipped = record[:at] + (b"0" if record[at : at + 1] != b"0" else b"1") + record[at + 1 :]
    refused = verified(flipped, tmp_path, "--at-result")
    assert refused.returncode == 1
    assert refused.stdout.split()[0] in ("POOL_ORDER", "POOL_ROOT")


async def test_documents_told_twice_and_out_of_order_make_the_same_page(
    lead: Callable[..., Awaitable[Led]], portal: Portal
) -> None:
    """REL: at least once, in any order."""
    led = await lead()
    await led.led_to_result()
    events = await documents_of(led)
    for one in random.Random(3).sample(events * 2, len(events) * 2):
        await portal.hear(one)
    await portal.settle(led)
    shuffled = (await portal.get(f"/d/{led.draw_id}")).text
    await portal.hear(*events)
    assert (await portal.get(f"/d/{led.draw_id}")).text == shuffled
    assert 'data-phase="after"' in shuffled


async def test_another_text_under_a_number_of_the_log_is_refused(
    lead: Callable[..., Awaitable[Led]], portal: Portal
) -> None:
    led = await lead()
    await led.freeze()
    await led.commit()
    [event] = await documents_of(led)
    await portal.hear(event)
    forged = event.model_copy(update={"text": event.text.replace("410308", "410309")})
    assert forged.text != event.text
    with pytest.raises(DocumentAltered):
        await portal.hear(forged)


async def test_token_files_and_documents_are_given_byte_for_byte(
    lead: Callable[..., Awaitable[Led]], portal: Portal
) -> None:
    led = await lead()
    await led.freeze()
    await led.commit()
    [event] = await documents_of(led)
    await portal.hear(event)
    await portal.settle(led)
    text = await portal.get(f"/d/{led.draw_id}/documents/{event.log_seq}")
    assert text.content == event.text.encode()
    for stratum in json.loads(event.text)["strata"]:
        raw = (await portal.get(f"/d/{led.draw_id}/tokens/{stratum['id']}")).content
        assert len(raw) == 32 * stratum["size"]
    assert (await portal.get(f"/d/{led.draw_id}/tokens/nowhere")).status_code == 404
    kept = await portal.get(f"/d/{led.draw_id}/record.json")
    again = await portal.get(f"/d/{led.draw_id}/record.json", **{"If-None-Match": kept.headers["etag"]})
    assert again.status_code == 304


async def test_pages_carry_no_account_and_no_unopened_name(lead: Callable[..., Awaitable[Led]], portal: Portal) -> None:
    """SEC33: who acted is told by role."""
    led = await lead()
    await led.led_to_result()
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    for path in ("", "/screen", "/pool"):
        page = (await portal.get(f"/d/{led.draw_id}{path}")).text
        assert led.freezer.subject not in page
        assert led.committer.subject not in page
        assert not re.search(r"officer:|witness:", page)


async def test_before_the_window_has_ended_nobody_learns_who_is_in_the_pool(
    lead: Callable[..., Awaitable[Led]], portal: Portal
) -> None:
    led = await lead()
    await led.freeze()
    await led.commit()
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    record = (await portal.get(f"/d/{led.draw_id}/record.json")).json()
    token = next(rows[0] for rows in record["public"]["strata"].values() if rows)
    page = await portal.get(f"/d/{led.draw_id}/pool?token={token}")
    assert "检查期结束后才能查询" in page.text
    assert "在名册里</p>" not in page.text
    refused = await portal.get(f"/d/{led.draw_id}/proofs.json?token={token}")
    assert refused.status_code == 409


async def test_draws_are_found_by_number_title_and_state(lead: Callable[..., Awaitable[Led]], portal: Portal) -> None:
    led = await lead()
    await led.freeze()
    await led.commit()
    await portal.hear(*await documents_of(led))
    address = f"/d/{led.draw_id}"
    for query in (f"q={led.task.task_no}", f"task_no={led.task.task_no}", "state=before", f"q={led.draw_id}"):
        assert address in (await portal.get(f"/draws?{query}")).text, query
    for query in ("q=nothing", "state=void", "task_no=1", "to_on=2001-01-01", "plan_no=P1"):
        page = (await portal.get(f"/draws?{query}")).text
        assert address not in page, query
        assert "没有符合条件的抽取" in page
