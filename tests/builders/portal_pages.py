"""Every page of the portal in every state it knows, as template and variables: what the tests of pages go through."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from services.disclosure.api.html import render
from services.disclosure.api.pages.codes import FORM_OK
from services.disclosure.api.pages.help import TOPICS
from services.disclosure.api.pages.open_data import open_data_view
from services.disclosure.api.pages.search_forms import SearchForm, read_form
from services.disclosure.api.pages.statistics_charts import charts_of
from services.disclosure.api.problem_pages import words_for
from services.disclosure.api.site import Site
from tests.builders import portal

SITE = Site(
    place="示范市示范区",
    operator="示范区市场监督管理局",
    contact="0371-00000000",
    site_code="4101000001",
    icp="豫ICP备00000000号",
    address="https://gongshi.example.cn",
)


@dataclass(frozen=True)
class Shown:
    """A page in one state: where it stands, its template, what it shows."""

    name: str
    path: str
    template: str
    view: dict[str, Any]
    query: str = ""

    def html(self, *, elder: bool = False) -> str:
        mode = ["mode=elder"] if elder else []
        return render(a_request(self.path, "&".join([*filter(None, [self.query]), *mode])), self.template, **self.view)


def a_request(path: str, query: str = "") -> Request:
    app = Starlette()
    app.state.process = SimpleNamespace(settings=SimpleNamespace(portal=SITE))
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [],
        "app": app,
        "scheme": "http",
        "server": ("portal", 80),
    }
    return Request(scope)


def _search(name: str, form: SearchForm, found: Any) -> Shown:
    view = {"filters": form.filters, "errors": form.errors, "found": found, "narrowed": form.is_narrowed}
    view["next"] = "WyJ4Il0=" if found is not None and found.next_key else None
    options = found or portal.a_search(empty=True)
    view |= {"departments": options.departments, "outcome_codes": options.outcome_codes}
    return Shown(name, "/search", "search.html", view)


def _problem(status: int, detail: str = "", params: dict[str, str] | None = None) -> Shown:
    code = f"disclosure.example_{status}"
    problem = {"status": status, "detail": detail, "code": code, "request_id": "0192f3a4", "params": params or {}}
    view = {"words": words_for(status), "problem": problem | {"errors": []}}
    return Shown(f"problem {status}", "/r/nothing", "problem.html", view)


def _problems() -> list[Shown]:
    gone = {"reason": "公示期满五年", "ended_on": "2031年11月24日", "digest": portal.DIGEST}
    plain = [_problem(status, "这是说明") for status in (400, 404, 405, 409, 412, 422, 429, 500, 503)]
    return [*plain, _problem(410, "这条结果的公示期已满", gone)]


def _results() -> list[Shown]:
    statement = SimpleNamespace(
        text="已于当日整改完毕，\n许可证现已悬挂。",
        published_at=portal.SEEN_AT,
        result_id=portal.an_id(2),
        result_version=2,
    )
    path = f"/r/{portal.an_id(2)}"
    shown = [
        Shown("result", path, "result.html", {"result": portal.a_result(), "statements": (statement,)}),
        Shown("result withdrawn", path, "result.html", {"result": portal.a_result(withdrawn=True), "statements": ()}),
        Shown("result bare", path, "result.html", {"result": portal.a_result(bare=True), "statements": ()}),
    ]
    for name, empty in (("entity", False), ("entity empty", True)):
        view = {"entity": portal.an_entity(empty=empty), "statements": () if empty else (statement,)}
        shown.append(Shown(name, f"/e/{portal.an_id(900)}", "entity.html", view))
    return shown


def _searches() -> list[Shown]:
    named = read_form({"q": "宏达"})
    narrowed = read_form({"q": "无此", "department": "market"})
    wrong = read_form({"q": "宏", "from_on": "2026-13-01"})
    plain = portal.a_search()
    shown = [
        _search("search", read_form({}), plain),
        _search("search by name", named, portal.a_search(text="宏达")),
        _search("search capped", named, portal.a_search(text="宏达", capped=True)),
        _search("search empty", narrowed, portal.a_search(text="无此", empty=True)),
        _search("search wrong", wrong, None),
    ]
    view: dict[str, Any] = {"filters": named.filters, "errors": named.errors}
    view |= {"departments": plain.departments, "outcome_codes": plain.outcome_codes}
    return [*shown, Shown("search filters", "/search/filters", "search_filters.html", view, "q=%E5%AE%8F%E8%BE%BE")]


def _plans() -> list[Shown]:
    lines = (portal.a_plan_line(), portal.a_plan_line(is_cancelled=True))
    none = {"year": None, "cursor": None}
    plan, task = f"/p/{portal.PLAN_NO}", f"/t/{portal.TASK_NO}"
    view = {"plans": lines, "years": (2026, 2025), "next": "WyJ4Il0="}
    return [
        Shown("plans", "/plans", "plans.html", view | {"filters": {"year": 2026, "cursor": "WyJ4Il0="}}),
        Shown("plans empty", "/plans", "plans.html", {"plans": (), "years": (), "next": None, "filters": none}),
        Shown("plan", plan, "plan.html", {"plan": portal.a_plan()}),
        Shown("plan cancelled", plan, "plan.html", {"plan": portal.a_plan(cancelled=True)}),
        Shown("plan bare", plan, "plan.html", {"plan": portal.a_plan(bare=True)}),
        Shown("task", task, "task.html", {"task": portal.a_task()}),
        Shown("task bare", task, "task.html", {"task": portal.a_task(bare=True)}),
    ]


def _others() -> list[Shown]:
    shown = []
    for empty in (False, True):
        word = " empty" if empty else ""
        figures = portal.statistics(empty=empty)
        view = {"figures": figures, "charts": charts_of(figures)}
        shown += [
            Shown(f"home{word}", "/", "home.html", {"home": portal.a_home(empty=empty)}),
            Shown(f"statistics{word}", "/statistics", "statistics.html", view),
            Shown(
                f"open data{word}",
                "/open-data",
                "open_data.html",
                open_data_view(portal.open_data(empty=empty), {"market": "区市场监督管理局"}),
            ),
            Shown(f"status{word}", "/status", "status.html", {"portal": portal.a_status(empty=empty)}),
            Shown(f"code{word}", "/v/JC7K2M9P", "code.html", {"found": portal.a_code(valid=not empty)}),
        ]
    shown.append(Shown("code form", "/v", "code_form.html", FORM_OK))
    shown.append(Shown("code form wrong", "/v", "code_form.html", {"code": "", "error": "请输入核验码"}))
    shown.append(Shown("help", "/help", "help.html", {"topics": TOPICS}))
    for topic in TOPICS:
        view = {"topics": TOPICS, "topic": topic}
        shown.append(Shown(f"help {topic}", f"/help/{topic}", f"help_{topic}.html", view))
    return shown


PAGES: tuple[Shown, ...] = (*_others(), *_searches(), *_results(), *_plans(), *_problems())
