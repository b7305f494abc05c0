"""A citizen in a real browser: loads a draw's record, cuts the network, verifies; then from a stick (B4, D2)."""

from __future__ import annotations

import asyncio
import itertools
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

from tests.builders.draw_large import LargeRegistry
from tests.integration.disclosure.test_draw_pages import Portal, documents_of
from tests.integration.disclosure.test_draw_pages import draw as draw
from tests.integration.disclosure.test_draw_pages import lead as lead
from tests.integration.disclosure.test_draw_pages import portal as portal
from tests.integration.draw.conftest import Led
from tests.support.browser import a_browser, chromium
from tests.support.html_page import LATIN, read_page

OFFLINE = Path(__file__).parents[3] / "verifier" / "dist" / "ssj-verify.html"


@pytest.fixture
async def address(portal: Portal) -> AsyncIterator[str]:
    """The portal behind a port of its own."""
    chromium()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(portal.served.app, port=port, lifespan="off", log_level="error", timeout_graceful_shutdown=1)
    )
    serving = asyncio.ensure_future(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110 - it tells by this attribute alone
            await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def verdict(page: Page) -> str:
    await page.wait_for_selector("#overall:not(.unchecked)", timeout=20_000)
    return await page.inner_text("#overall-title")


async def test_a_citizen_verifies_a_draw_with_the_network_cut(
    lead: Callable[..., Awaitable[Led]], portal: Portal, address: str, tmp_path: Path
) -> None:
    led = await lead()
    await led.led_to_result()
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    async with a_browser() as browser:
        context = await browser.new_context()
        page = await context.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        await page.goto(f"{address}/d/{led.draw_id}")
        async with page.expect_download() as waiting:
            await page.click("text=下载完整记录")
        await (await waiting.value).save_as(tmp_path / "record.json")
        await page.click("text=在浏览器里核验")
        await page.wait_for_selector("#beside-check:enabled")
        assert await page.inner_text("#overall-title") == "尚未核对", "never green by default"
        await context.set_offline(True)
        await page.click("#beside-check")
        assert await verdict(page) == "已公开的部分全部一致"
        assert await page.get_attribute("body", "data-engine") == "worker"
        assert [line for line in told if "Content Security Policy" in line] == []

        stick = await context.new_page()
        await stick.goto(OFFLINE.as_uri())
        await stick.set_input_files("#file", tmp_path / "record.json")
        assert await verdict(stick) == "已公开的部分全部一致"
        text = (tmp_path / "record.json").read_text("utf-8")
        at = text.index('"S1":["') + 10
        spoilt = tmp_path / "spoilt.json"
        spoilt.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :], "utf-8")
        await stick.set_input_files("#file", spoilt)
        assert await verdict(stick) == "发现不一致"
        await context.close()


async def test_the_page_follows_the_ceremony_without_being_reloaded(
    lead: Callable[..., Awaitable[Led]], portal: Portal, address: str
) -> None:
    led = await lead()
    await led.freeze()
    await led.commit()
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    async with a_browser() as browser:
        page = await browser.new_page()
        await page.goto(f"{address}/d/{led.draw_id}")
        await page.evaluate("window.untouched = true")
        assert await page.get_attribute("#draw", "data-phase") == "live"
        await led.reveal()
        await led.act(led.committer, "result")
        await portal.hear(*await documents_of(led))
        await portal.settle(led)
        await page.wait_for_selector('#draw[data-phase="after"]', timeout=15_000)
        assert await page.evaluate("window.untouched") is True
        await page.click("text=按记录的时间重放六个步骤")
        await page.wait_for_selector("#draw-steps .replaying")
        await page.close()


async def test_without_scripts_a_live_page_refreshes_itself_and_says_all(
    lead: Callable[..., Awaitable[Led]], portal: Portal, address: str
) -> None:
    led = await lead()
    await led.freeze()
    await led.commit()
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    async with a_browser() as browser:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{address}/d/{led.draw_id}")
        assert await page.locator('noscript meta[http-equiv="refresh"]').count() <= 1
        assert "每 10 秒自动刷新" in await page.inner_text("#draw")
        assert "还有" in await page.inner_text(".draw-moments")
        await context.close()


RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
LATIN_ALLOWED = {"SHA-", "SM", "Cookie", "ssj-draw"}
"""Names of algorithms and of the protocol, as people have to compare them."""


async def test_pages_of_draws_and_forms_are_read_by_everybody(
    lead: Callable[..., Awaitable[Led]], portal: Portal, address: str
) -> None:
    """WCAG 2.1 AA by axe, a title, headings in order, no visible Latin word, nothing wider than a phone."""
    led = await lead()
    await led.led_to_result()
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    draw_path = f"/d/{led.draw_id}"
    paths = ["/draws", "/draws?q=无", draw_path, f"{draw_path}/screen", f"{draw_path}/pool", "/verifier"]
    paths += [f"{draw_path}/verify", f"/tickets/new?kind=draw&id={led.draw_id}", "/tickets"]
    paths += [f"/statements/new?result={led.draw_id}", "/statements/new", "/statements"]
    found: dict[str, object] = {}
    async with a_browser() as browser:
        context = await browser.new_context(viewport={"width": 375, "height": 800}, bypass_csp=True)
        page = await context.new_page()
        for path in paths:
            await page.goto(address + path)
            violations = (await Axe().run(page, options=RULES)).response["violations"]
            wider = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            faults = [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in violations]
            if not path.endswith("/verify"):
                faults += reading_faults(await page.content())
            if faults or wider:
                found[path] = (faults, wider)
        await context.close()
    assert found == {}


def reading_faults(html: str) -> list[tuple[str, list[str]]]:
    read = read_page(html)
    levels = [level for level, _ in read.headings]
    faults = []
    if not read.title or levels[:1] != [1] or levels.count(1) != 1:
        faults.append(("title", [read.title]))
    if any(after - before > 1 for before, after in itertools.pairwise(levels)):
        faults.append(("headings", [str(levels)]))
    latin = sorted({word for words in read.words for word in LATIN.findall(words)} - LATIN_ALLOWED)
    # Departments of the made-up district have no names in this portal: their codes stand there.
    latin = [word for word in latin if word not in ("scjg", "yjj", "sthj")]
    return faults + ([("latin", latin)] if latin else [])


@pytest.mark.slow
async def test_a_hundred_thousand_objects_are_verified_in_the_browser_in_ten_seconds(
    lead: Callable[..., Awaitable[Led]], portal: Portal, tmp_path: Path
) -> None:
    """`experience.md` 2: off the main thread, with progress, teams and all; the network is never asked."""
    chromium()
    led = await lead(registry=LargeRegistry(100_000))
    await led.freeze(visit_cap=100_000)
    await led.commit()
    await led.reveal()
    await led.act(led.committer, "result")
    await led.act(led.committer, "disclosure", {})
    await portal.hear(*await documents_of(led))
    await portal.settle(led)
    file = tmp_path / "record.json"
    file.write_bytes((await portal.get(f"/d/{led.draw_id}/record.json")).content)
    async with a_browser() as browser:
        context = await browser.new_context(offline=True)
        page = await context.new_page()
        await page.goto(OFFLINE.as_uri())
        began = time.perf_counter()
        await page.set_input_files("#file", file)
        await page.wait_for_selector("#running:not([hidden])")
        await page.wait_for_selector("#overall:not(.unchecked)", timeout=60_000)
        took = time.perf_counter() - began
        words = await page.inner_text("#overall")
        sys.stdout.write(f"100,000 objects, {file.stat().st_size} bytes: {took:.1f} s; {words}\n")
        assert "四项核对全部一致" in words
        assert await page.get_attribute("body", "data-engine") == "worker"
        await context.close()
    assert took < 10
