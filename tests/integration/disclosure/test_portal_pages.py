"""The portal over its real database: what is told shows, what is taken back is gone, and no link leads nowhere
(N5, N6, R2, R6, B5, B6, B18; `experience.md` 1)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx2
import pytest
import uvicorn
from playwright.async_api import Page

from services.disclosure.api.problem_pages import ProblemPages
from services.disclosure.domain.open_data import COLUMNS
from services.disclosure.usecases.keep_facts import follow_departments
from shared.runtime.principal import Principal
from shared.runtime.tokens import load_private_key, sign
from tests.builders.disclosure import (
    A_FIRM,
    a_body,
    a_finding,
    a_plan,
    a_task,
    an_adjusted,
    corrected,
    exempted,
    published,
    withdrawn,
)
from tests.integration.disclosure.conftest import PublicDistrict
from tests.support.browser import a_browser
from tests.support.html_page import LATIN, PageRead, read_page
from tests.unit.services.disclosure.test_portal_pages import ALLOWED

IN_FILES = {word for columns in COLUMNS.values() for column in columns for word in LATIN.findall(column[2])}
"""Values as they stand in the open-data files, explained in the data dictionary."""
HAND_OUTS = ("/verifier/",)
"""Files to take along, with tests of their own."""
PLAN = a_plan()
TASK = a_task(PLAN, task_no="410308202603091001")
CLEAN = a_body(task_id=TASK.task_id, task_no=TASK.task_no, plan_id=PLAN.plan_id)
BAD = a_body(
    entity_id=CLEAN.entity_id,
    uscc=CLEAN.uscc,
    outcome_codes=["6"],
    findings=[a_finding()],
    due_on=date(2026, 11, 18),
    plan_id=PLAN.plan_id,
    task_id=TASK.task_id,
)
OTHER = a_body(entity_name="洛阳市孟津区远山建材经营部")


@dataclass(frozen=True)
class Reader:
    """Somebody at the door: pages as they leave it, refusals as pages too."""

    here: PublicDistrict

    @property
    def token(self) -> dict[str, str]:
        key = load_private_key(self.here.served.platform.data.private_key("gateway"))
        nobody = Principal(subject="anonymous", district=self.here.district)
        return {"Authorization": f"Bearer {sign(nobody, 'gateway', 'disclosure', key)}"}

    async def get(self, path: str, **headers: str) -> Any:
        transport = httpx2.ASGITransport(app=ProblemPages(self.here.served.app), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://portal") as client:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.get(path, headers=self.token | given)

    async def read(self, path: str) -> PageRead:
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-600:])
        return read_page(answer.text)


@pytest.fixture
async def reader(here: PublicDistrict) -> Reader:
    async with here.work() as work:
        await follow_departments(work)
        await work.commit()
    await here.hear(PLAN, an_adjusted(PLAN, window_end=date(2026, 7, 31)), TASK)
    await here.hear(published(CLEAN), published(BAD), published(OTHER), corrected(BAD, "选错了检查结果"))
    return Reader(here)


async def test_a_citizen_finds_a_firm_by_two_characters_and_reads_its_inspections(reader: Reader) -> None:
    found = await reader.read("/search?q=宏达")
    entity = f"/e/{CLEAN.entity_id}"
    assert entity in found.links
    page = await reader.read(entity)
    assert page.headings[0] == (1, A_FIRM)
    assert f"/r/{CLEAN.result_id}" in page.links
    assert f"/r/{BAD.result_id}" in page.links
    assert "通过登记的住所（经营场所）无法联系" in page.text


async def test_an_exact_code_opens_the_firm(reader: Reader) -> None:
    answer = await reader.get(f"/search?q={CLEAN.uscc}&mode=elder")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/e/{CLEAN.entity_id}?mode=elder")
    answer = await reader.get(f"/e/{CLEAN.uscc}")
    assert answer.headers["location"] == f"/e/{CLEAN.entity_id}"


async def test_a_result_shows_deadline_history_digest_and_its_own_address(reader: Reader) -> None:
    page = await reader.read(f"/r/{BAD.result_id}")
    assert "逾期公示" in page.text
    assert "选错了检查结果" in page.text
    assert any(code.endswith(f"/r/{BAD.result_id}") for code in page.codes)
    assert [code for code in page.codes if len(code) == 64]
    assert f"/draws?task_no={TASK.task_no}" in page.links


async def test_a_plan_shows_its_versions_with_reason_and_difference(reader: Reader) -> None:
    page = await reader.read(f"/p/{PLAN.plan_no}")
    assert "汛期顺延" in page.text
    assert page.all("del")
    assert f"/t/{TASK.task_no}" in page.links


async def test_what_is_withdrawn_or_exempted_is_told_at_once(reader: Reader) -> None:
    await reader.here.hear(withdrawn(CLEAN), exempted(OTHER))
    page = await reader.read(f"/r/{CLEAN.result_id}")
    assert "这条结果已经撤回" in page.text
    assert "检查对象认定有误" in page.text
    gone = await reader.get(f"/r/{OTHER.result_id}")
    assert gone.status_code == 410
    assert "依法免予公示" in gone.text
    assert [code for code in read_page(gone.text).codes if len(code) == 64]
    assert OTHER.entity_name not in (await reader.get("/search")).text


async def test_a_page_changes_its_tag_with_what_it_shows(reader: Reader) -> None:
    path = f"/r/{CLEAN.result_id}"
    first = await reader.get(path)
    again = await reader.get(path, if_none_match=first.headers["etag"])
    assert again.status_code == 304
    await reader.here.hear(withdrawn(CLEAN))
    changed = await reader.get(path, if_none_match=first.headers["etag"])
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/search?q=宏", 422, "请输入至少两个字"),
        ("/search?q=宏达&from_on=昨天", 422, "日期应写成"),
        ("/search?q=查无此人", 200, "没有找到符合条件的内容"),
        ("/search?cursor=x", 400, "翻页标记无效"),
        ("/search?x=1", 400, "不认识的查询参数"),
        ("/plans?cursor=WzFd", 400, "翻页标记无效"),
        ("/plans?year=1", 422, "数值太小"),
        ("/statistics?year=2020", 200, "这一年还没有公示的检查结果"),
        ("/e/91410308MA00000000", 404, "没有关于这个检查对象的公示信息"),
        ("/r/1", 404, "没有公示过这条检查结果"),
        ("/r/0192f3a4-7c1d-7000-8000-000000000001", 404, "没有公示过这条检查结果"),
        ("/p/nothing", 404, "没有公布过编号为"),
        ("/t/nothing", 404, "没有公布过编号为"),
        ("/v?code=", 422, "请输入核验码"),
        ("/v/nothing", 200, "没有签发或公布过这个编号"),
        ("/open-data/files/nothing.csv", 404, "没有这个开放数据文件"),
        ("/nothing/at/all", 404, "没有找到这个页面"),
    ],
)
async def test_what_cannot_be_shown_is_said_in_words(reader: Reader, path: str, status: int, words: str) -> None:
    answer = await reader.get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert len(read_page(answer.text).all("h1")) == 1


async def crawl(reader: Reader, start: str) -> dict[str, PageRead]:
    """Every page that links lead to from `start`; other files are only asked for."""
    seen: dict[str, PageRead] = {}
    waiting, asked = [start], set()
    while waiting:
        path = waiting.pop().partition("#")[0]
        if path in asked or not path:
            continue
        asked.add(path)
        answer = await reader.get(path)
        assert answer.status_code in (200, 303), (path, answer.status_code)
        assert "set-cookie" not in answer.headers, path
        if answer.status_code == 303:
            waiting.append(answer.headers["location"])
        elif answer.headers["content-type"].startswith("text/html") and not path.startswith(HAND_OUTS):
            assert "default-src 'none'" in answer.headers["content-security-policy"], path
            seen[path] = page = read_page(answer.text)
            waiting += page.links
            waiting += [one.attributes["href"] for one in page.all("link")]
            waiting += [one.attributes["src"] for one in page.elements if "src" in one.attributes]
    return seen


@pytest.mark.parametrize("start", ["/", "/?mode=elder"])
async def test_every_link_leads_somewhere_and_every_page_speaks_chinese(reader: Reader, start: str) -> None:
    pages = await crawl(reader, start)
    assert f"/r/{BAD.result_id}".split("?")[0] in {path.split("?")[0] for path in pages}
    assert len(pages) >= 25
    for path, page in pages.items():
        assert len(page.all("h1")) == 1, path
        words = {word for said in page.words for word in LATIN.findall(said)}
        in_files = IN_FILES if path.startswith("/open-data") else set()
        assert sorted(words - ALLOWED - in_files) == [], path


async def test_a_district_of_which_nothing_is_known_has_its_pages_too(here: PublicDistrict) -> None:
    reader = Reader(here)
    for path in ("/", "/search", "/plans", "/statistics", "/open-data", "/status", "/v", "/help"):
        page = await reader.read(path)
        assert len(page.all("h1")) == 1
    assert "还没有公示的检查结果。" in (await reader.read("/")).text


@dataclass(frozen=True)
class Window:
    page: Page
    address: str


@pytest.fixture
async def window(reader: Reader) -> AsyncIterator[Window]:
    """A browser without JavaScript on a real port, in the reader's district."""
    app = ProblemPages(reader.here.served.app)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    async with a_browser() as browser:
        running = asyncio.create_task(server.serve(sockets=[listening]))
        context = await browser.new_context(java_script_enabled=False, extra_http_headers=reader.token)
        yield Window(await context.new_page(), f"http://127.0.0.1:{port}")
        await context.close()
        server.should_exit = True
        await running


async def test_the_citizens_walk_in_a_browser_without_script(window: Window) -> None:
    """Find a firm by two characters, read its inspections, open the result, the plan, and the draws of its task."""
    page = window.page
    await page.goto(window.address)
    await page.get_by_label("查询企业、计划、抽查任务").fill("宏达")
    await page.get_by_role("button", name="查询").click()
    await page.get_by_role("link", name=A_FIRM).click()
    assert await page.locator("h1").inner_text() == A_FIRM
    await page.get_by_role("link", name="通过登记的住所").first.click()
    assert "检查结果" in await page.locator("h1").inner_text()
    await page.get_by_role("link", name=PLAN.title).click()
    assert await page.locator("h1").inner_text() == PLAN.title
    await page.go_back()
    await page.get_by_role("link", name="这次抽取的过程和记录").click()
    assert f"/draws?task_no={TASK.task_no}" in page.url
    await page.get_by_role("link", name="长者版").click()
    assert "mode=elder" in page.url
    assert TASK.task_no in page.url
    await page.get_by_role("link", name="核验", exact=True).click()
    assert "mode=elder" in page.url
    await page.get_by_label("核验码").fill(PLAN.plan_no)
    await page.get_by_role("button", name="核验").click()
    assert "这是已经公布的抽查计划" in await page.locator("main").inner_text()
    assert "mode=elder" in page.url
