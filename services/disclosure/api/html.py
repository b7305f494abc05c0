"""Pages for people: one Jinja environment, one door out of it. Complete without a script, without a cookie.

A route says `return page(request, "entity.html", entity=found)`; all around it (titles, 长者版, ETag) is here and in
`templates/base.html`. Sources: `experience.md` 1, 1.1; WCAG 2.1 AA, GB/T 37668; 长者版: MIIT 2021.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from services.disclosure.api import charts, qr
from services.disclosure.api.headers import REVALIDATED, UNKEPT, etag_of, guard_headers, is_known
from services.disclosure.api.site import NAVIGATION, site_of

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_CLASSES: Final = {
    "A": "A（低风险）",
    "B": "B（一般风险）",
    "C": "C（较高风险）",
    "D": "D（高风险）",
    "U": "未评级",
    "*": "全部",
}
ELDER: Final = "elder"
MODE: Final = "mode"

Mode = Annotated[
    Literal["elder"] | None, Query(description="elder：长者版（大字号、单栏）；写在地址里，不用缓存文件（Cookie）")
]


def shown_mode(mode: Mode = None) -> str | None:
    """Declares the parameter on every page; templates read it by themselves."""
    return mode


def pages_router() -> APIRouter:
    """A router of pages: not part of the API's document, each page in both modes."""
    return APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[Depends(shown_mode)])


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    cache: str = REVALIDATED,
    policy: str | None = None,
    **view: Any,
) -> Response:
    """The page as an answer: 200 with an ETag, 304 where the reader has these bytes, or `status` (then not kept).

    `view` are the template's variables; a missing one is an error (StrictUndefined). `policy`: another
    Content-Security-Policy (`headers.content_policy`)."""
    body = render(request, template, **view).encode()
    headers = guard_headers(policy)
    if status != 200:
        return HTMLResponse(body, status, headers | {"Cache-Control": UNKEPT})
    headers |= {"Cache-Control": cache, "ETag": etag_of(body)}
    if is_known(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(body, 200, headers)


def moved(request: Request, path: str) -> Response:
    """303 to another page of ours, in the mode the reader chose."""
    mode = f"?{MODE}={ELDER}" if request.query_params.get(MODE) == ELDER else ""
    return RedirectResponse(quote(path, safe="/-._~%") + mode, 303, guard_headers() | {"Cache-Control": UNKEPT})


def render(request: Request, template: str, **view: Any) -> str:
    """The page's text alone (a page that is kept as a file, a test)."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != MODE]
    surroundings = {
        "site": site_of(request),
        "navigation": NAVIGATION,
        "path": request.url.path,
        "asked": query,
        "elder": request.query_params.get(MODE) == ELDER,
    }
    return environment().get_template(template).render(**surroundings, **view)


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"link": link, "asset": asset, "address": address, "here": here}
    made.globals |= {"qr": qr.qr_svg, "bars": charts.bars, "lines": charts.lines}
    made.filters |= {
        "day": day,
        "moment": moment,
        "iso": iso,
        "count": count,
        "percent": percent,
        "rate": rate,
    }
    made.filters |= {"size": size, "credit_class": credit_class}
    return made


@pass_context
def link(context: Context, path: str, asked: Mapping[str, object] | None = None, **more: object) -> str:
    """An address of ours that stays in the mode the reader chose. Values of None or "" are left out; `asked` is for
    whole filters, `more` wins: `link("/search", filters, page=2)`."""
    wanted = {**(asked or {}), **more}
    pairs = [(name, value) for name, value in wanted.items() if value not in (None, "")]
    if context.get("elder"):
        pairs.append((MODE, ELDER))
    place, mark, fragment = path.partition("#")
    return quote(place, safe="/-._~%") + (f"?{urlencode(pairs)}" if pairs else "") + mark + fragment


@pass_context
def here(context: Context, *, elder: bool) -> str:
    """This very page in the other mode."""
    pairs = [*context["asked"], *([(MODE, ELDER)] if elder else [])]
    return str(context["path"]) + (f"?{urlencode(pairs)}" if pairs else "")


@pass_context
def address(context: Context, path: str) -> str:
    """The printed, permanent form of an address of ours (for ever: `experience.md` 1.1)."""
    return str(context["site"].address).rstrip("/") + path


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a file of `static/`, its content in its name: `/static/1f2e…/portal.css`."""
    return f"/static/{_digest(name)}/{name}"


def asset_digest(name: str) -> str | None:
    """The digest a file of `static/` is served under; None where there is no such file."""
    return _digest(name) if "/" not in name and (STATIC / name).is_file() else None


def day(value: date | datetime | None, absent: str = "未定") -> str:
    """2026年11月24日, in Asia/Shanghai."""
    if value is None:
        return absent
    local = value.astimezone(SHANGHAI) if isinstance(value, datetime) else value
    return f"{local.year}年{local.month}月{local.day}日"


def moment(value: datetime | None, absent: str = "未定") -> str:
    """2026年11月24日 17:05, in Asia/Shanghai."""
    return absent if value is None else f"{day(value)} {value.astimezone(SHANGHAI):%H:%M}"


def iso(value: date | datetime) -> str:
    """For `<time datetime>`: RFC 3339 with +08:00."""
    return (
        value.astimezone(SHANGHAI).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
    )


def count(value: int | None, absent: str = "无数据") -> str:
    return absent if value is None else f"{value:,}"


def percent(ppm: int | None, absent: str = "无数据") -> str:
    """Parts per million as percent, no more digits than needed: 50000 → 5%, 1250 → 0.125%."""
    return absent if ppm is None else f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + "%"


def rate(ppm: int | None, absent: str = "无数据") -> str:
    """A rate of the statistics: one digit behind the point."""
    return absent if ppm is None else f"{ppm / 10_000:.1f}%"


def size(octets: int) -> str:
    """Of a file, as people read it."""
    for unit, step in (("MB", 1_000_000), ("kB", 1_000)):
        if octets >= step:
            return f"{octets / step:.1f} {unit}"
    return f"{octets} 字节"


def credit_class(code: str) -> str:
    """信用风险等级 in words (K1); `*`: all alike."""
    return _CLASSES.get(code, code)
