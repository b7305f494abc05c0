"""Refusals as pages: whoever reads the portal gets the Chinese text and the stable code, never JSON (SEC26).

The routes refuse as everywhere (`shared.runtime.problems`); this turns the answer into a page on its way out, so
that no route forgets it and an address that no route knows is answered too.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.disclosure.api.html import page
from shared.runtime.problems import MEDIA_TYPE

MACHINES: Final = ("/v1/", "/internal/", "/health/", "/metrics/", "/openapi.json/", "/version/")
"""Addresses that machines ask: they get RFC 9457."""


class Words(NamedTuple):
    heading: str
    what: str
    next: str


_WORDS: Final = {
    400: Words("地址无法识别", "地址中有本站不认识的内容。", "请检查地址是否完整，或从查询页重新开始。"),
    404: Words("没有找到这个页面", "地址可能输入有误，或者这项内容从未公示。", "请核对地址，或按名称查询。"),
    405: Words("不支持这样的操作", "这个地址只供阅读。", "请从首页重新开始。"),
    409: Words("暂时不能办理", "当前状态不允许这样操作。", "请按提示处理后再试。"),
    410: Words("公示已到期", "这项内容的公示期已满，或已依法停止公示。", "摘要仍然保留，可以核验当时公示的内容。"),
    412: Words("内容已更新", "您打开页面之后，内容又有了新的版本。", "请刷新页面后再试。"),
    422: Words("填写的内容不符合要求", "有的内容本站无法处理。", "请按下面的提示修改后再试。"),
    429: Words("访问过于频繁", "短时间内的访问次数太多。", "请稍等片刻再试；需要大量数据时，请使用开放数据文件。"),
    500: Words("系统出错", "本站出现内部错误，已自动记录。", "请稍后再试；如仍出现，请把请求编号告诉我们。"),
    503: Words("暂时无法提供服务", "系统繁忙，或正在维护。", "请稍后再试。"),
}


def words_for(status: int) -> Words:
    """What people are told of a status, and what they can do next."""
    return _WORDS.get(status, _WORDS[500 if status >= 500 else 400])


def problem_page(request: Request, problem: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """One refusal as a page; `problem` has the members of RFC 9457."""
    status = int(problem["status"])
    answer = page(request, "problem.html", status=status, words=words_for(status), problem=problem)
    answer.headers.update(headers or {})
    return answer


class ProblemPages:
    """Pure ASGI, around the application: a problem that answers a page's address becomes a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or f"{scope['path']}/".startswith(MACHINES):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Turning(scope, receive, send))


class _Turning:
    """The way of one answer: a problem is gathered and turned, anything else passes as it comes."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._started: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _media_type(message) == MEDIA_TYPE.encode():
            self._started = message
        elif self._started is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._turn(self._started)

    async def _turn(self, started: Message) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in started["headers"]}
        kept = {name: headers[name] for name in ("retry-after", "x-request-id", "allow") if name in headers}
        answer = problem_page(Request(self._scope), orjson.loads(self._body), kept)
        await answer(self._scope, self._receive, self._send)


def _media_type(message: Message) -> bytes:
    found = next((value for name, value in message["headers"] if name.lower() == b"content-type"), b"")
    return bytes(found.partition(b";")[0].strip())
