"""The portal's pages in a real browser: nothing for axe to find, nothing wider than the screen, all of it without
script. The pages are drawn from fixtures, so every state is seen; the citizen's walk over real data is in the
integration tests. WCAG 2.1 AA, GB/T 37668, `experience.md` 1 (9)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page, Route

from services.disclosure.api.headers import guard_headers
from services.disclosure.api.html import STATIC
from tests.builders.portal_pages import PAGES, Shown
from tests.support.browser import a_browser

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
WIDTHS = {"phone": 375, "tablet": 768, "desktop": 1280}
SEEN = [
    shown
    for shown in PAGES
    if shown.name
    in {
        "home",
        "statistics",
        "open data",
        "status",
        "code",
        "code form wrong",
        "help draws",
        "search by name",
        "search empty",
        "search wrong",
        "search filters",
        "entity",
        "result",
        "plans",
        "plan",
        "task",
        "problem 410",
    }
]


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as running:
        yield running


def answering(shown: Shown, asked: list[str], *, elder: bool = False) -> Callable[[Route], Any]:
    """Gives the page and the files of `static/`, with the portal's own headers, and keeps what was asked for."""

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://portal")
        asked.append(path)
        if path.startswith("/static/"):
            await route.fulfill(path=STATIC / path.rsplit("/", 1)[1], headers=guard_headers())
        else:
            headers = guard_headers() | {"Content-Type": "text/html; charset=utf-8"}
            await route.fulfill(body=shown.html(elder=elder), headers=headers)

    return answer


async def opened(page: Page, shown: Shown, *, elder: bool = False) -> list[str]:
    asked: list[str] = []
    await page.unroute_all(behavior="wait")  # an icon may be asked for late
    await page.route("**/*", answering(shown, asked, elder=elder))
    await page.goto(f"http://portal{shown.path}")
    return asked


async def overflows(page: Page) -> bool:
    wide: bool = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


async def test_axe_finds_nothing_on_any_page(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    found = {}
    for shown in SEEN:
        await opened(page, shown)
        result = await AXE.run(page, options=RULES)
        if result.violations_count:
            found[shown.name] = [
                f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in result.response["violations"]
            ]
    await page.close()
    assert found == {}
    assert problems == []


async def test_axe_finds_nothing_on_a_phone_or_in_the_elders_mode(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 375, "height": 800})
    found = {}
    for shown in SEEN[::4]:
        await opened(page, shown, elder=True)
        result = await AXE.run(page, options=RULES)
        if result.violations_count:
            found[shown.name] = [
                f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in result.response["violations"]
            ]
    await page.close()
    assert found == {}


@pytest.mark.parametrize("elder", [False, True], ids=["plain", "elder"])
async def test_no_page_is_wider_than_the_screen(browser: Browser, elder: bool) -> None:
    """A screen of 320 px is what remains of 1280 at a magnification of 400 % (WCAG 2.1, 1.4.10)."""
    page = await browser.new_page()
    wide = []
    for shown in SEEN:
        await opened(page, shown, elder=elder)
        for width in (320, *WIDTHS.values()):
            await page.set_viewport_size({"width": width, "height": 900})
            if await overflows(page):
                wide.append((shown.name, width))
    await page.close()
    assert wide == []


async def test_without_script_nothing_is_missing(browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    for shown in SEEN:
        asked = await opened(page, shown)
        assert await page.locator("h1").count() == 1
        assert await page.locator("main").is_visible()
        assert len(asked) <= 3, asked
        assert await context.cookies() == []
    await context.close()


async def test_whoever_uses_the_keyboard_first_meets_the_way_to_the_text(browser: Browser) -> None:
    page = await browser.new_page()
    await opened(page, SEEN[0])
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "跳到正文"
    box = await page.locator(".skip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "q"
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await page.close()


async def test_letters_of_the_elders_mode_are_large(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    await opened(page, next(one for one in SEEN if one.name == "result"), elder=True)
    small: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("main *")]
        .filter(one => one.children.length === 0 && one.textContent.trim() && one.tagName !== "CODE")
        .filter(one => parseFloat(getComputedStyle(one).fontSize) < 18)
        .map(one => one.outerHTML.slice(0, 80))"""
    )
    await page.close()
    assert small == []


async def test_the_print_sheet_leaves_out_what_paper_cannot_use(browser: Browser) -> None:
    page = await browser.new_page()
    await opened(page, next(one for one in SEEN if one.name == "result"))
    await page.emulate_media(media="print")
    assert not await page.locator(".main-nav").is_visible()
    assert await page.locator(".permanent svg").is_visible()
    assert await page.locator("h1").is_visible()
    await page.close()
