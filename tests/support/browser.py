"""A real browser where there is one (headless Chromium); who has none skips in the open, with the reason."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Its path. Skips the test where none is installed."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: pages are not opened in a browser here")
    return found


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Its sandbox is off: as root, where tests often run, it would not start with one."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()
