"""Errors as RFC 9457 `application/problem+json`, in Chinese, with a stable code. Never a stack, SQL or a path."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.runtime.database import LOST_CONNECTION
from shared.values.errors import DomainError, Forbidden, Invalid, InvalidValue, NotFound, Refused

_log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
TYPE_ROOT = "/problems/"


class HttpError(DomainError):
    """A refusal by the manners of HTTP rather than by a rule of the domain."""

    status = 400


class NotSignedIn(HttpError):
    status, message = 401, "没有登录，或登录已失效，请重新登录"


class IdempotencyKeyMissing(HttpError):
    status, message = 400, "请求缺少 Idempotency-Key 请求头"


class IdempotencyKeyReused(HttpError):
    status, message = 422, "同一个 Idempotency-Key 已用于内容不同的请求"


class RequestInFlight(HttpError):
    status, message = 409, "相同的请求正在办理，请稍后再试"


class PreconditionMissing(HttpError):
    status, message = 428, "修改前请先读取最新版本，并带上 If-Match 请求头"


class VersionChanged(HttpError):
    status, message = 412, "内容已被他人更新，请刷新后再改"


class UnknownParameter(HttpError):
    status, message = 400, "不认识的查询参数：{names}"


class BadCursor(HttpError):
    status, message = 400, "翻页标记无效，请从第一页重新查询"


class TooBusy(HttpError):
    status, message = 503, "系统繁忙，请稍后再试"


class PeerUnavailable(HttpError):
    status, message = 503, "依赖的服务“{peer}”暂时不可用，请稍后再试"


class FieldProblem(BaseModel):
    """One wrong field of the request."""

    pointer: str = Field(description="出错字段的 JSON Pointer", examples=["/ratios/2/ppm"])
    code: str = Field(description="错误代码", examples=["request.missing"])
    message: str = Field(description="中文说明", examples=["缺少必填项"])


class Problem(BaseModel):
    """错误说明（RFC 9457）。"""

    type: str = Field(description="错误目录中的页面", examples=["/problems/planning.ratio_falls_with_risk"])
    title: str = Field(description="错误的名称")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="中文说明")
    code: str = Field(description="稳定的错误代码")
    params: dict[str, Any] = Field(default_factory=dict, description="说明中的变量")
    request_id: str = Field(description="请求编号，咨询时请提供")
    errors: list[FieldProblem] = Field(default_factory=list, description="逐字段的错误")


def status_of(error: DomainError) -> int:
    own: int | None = getattr(error, "status", None)
    if own is not None:
        return own
    kinds: list[tuple[type[DomainError], int]] = [(NotFound, 404), (Forbidden, 403), (Refused, 409), (Invalid, 422)]
    return next((status for kind, status in kinds if isinstance(error, kind)), 422)


def problem_body(error: DomainError, request_id: str) -> str:
    problem = Problem(
        type=TYPE_ROOT + error.code,
        title=type(error).message.split("：")[0].split("{")[0] or "操作不符合规则",
        status=status_of(error),
        detail=_writable(error.detail),
        code=error.code,
        params={name: _shown(value) for name, value in error.params.items()},
        request_id=request_id,
        errors=[FieldProblem(**found) for found in getattr(error, "errors", ())],
    )
    return problem.model_dump_json()


def _shown(value: object) -> object:
    if isinstance(value, list):
        return [_shown(part) for part in value]
    return value if isinstance(value, int | bool | dict) else _writable(str(value))


def _writable(text: str) -> str:
    """A refusal may repeat what was sent; half a surrogate pair fits no answer."""
    return text.encode(errors="replace").decode()


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


def problem_response(error: DomainError, request_id: str) -> Response:
    status = status_of(error)
    headers = {"Retry-After": "1"} if status in (503, 504) or isinstance(error, RequestInFlight) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(problem_body(error, request_id), status, headers, media_type=MEDIA_TYPE)


_FIELD_MESSAGES = {
    "missing": "缺少必填项",
    "uuid_parsing": "不是有效的编号",
    "date_from_datetime_parsing": "日期格式应为 YYYY-MM-DD",
    "date_parsing": "日期格式应为 YYYY-MM-DD",
    "int_parsing": "应为整数",
    "string_too_short": "内容太短",
    "string_too_long": "内容太长",
    "extra_forbidden": "不认识的字段",
    "json_invalid": "请求体不是有效的 JSON",
    "literal_error": "不在可选值之内",
    "enum": "不在可选值之内",
    "greater_than_equal": "数值太小",
    "less_than_equal": "数值太大",
}


class InputMalformed(Invalid):
    """The request does not have the documented shape. `errors` says where."""

    message = "请求内容不符合要求，共 {count} 处"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        super().__init__(count=len(errors))


def field_error(found: Any) -> dict[str, str]:
    place = [_writable(str(part)) for part in found["loc"] if part != "body"]
    kind = str(found["type"])
    return {
        "pointer": "/" + "/".join(place),
        "code": f"request.{kind}",
        "message": _FIELD_MESSAGES.get(kind, "内容不符合要求"),
    }


UNSTORABLE = {
    "pointer": "",
    "code": "request.value_unstorable",
    "message": "含有无法保存的字符，或数值、日期超出范围",
}
DATA_REFUSED = (asyncpg.DataError, asyncpg.exceptions._base.DataError)
"""The driver's and the server's word for a value that no column takes: a NUL character, a number too large."""


async def on_unstorable(request: Request, error: Exception) -> Response:
    """The caller's value is at fault, not the platform: 422, and a line in the log for whoever wonders where."""
    _log.warning("request.unstorable", kind=type(error).__name__, at=_place(error))
    return problem_response(InputMalformed([UNSTORABLE]), _request_id(request))


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"


def install_problem_handlers(app: FastAPI) -> None:
    """Every error of a service leaves in the one shape."""

    async def on_domain(request: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)
        # The template: a path may hold what a caller proves himself by (a visit code, a token).
        _log.info("request.refused", code=error.code, route=getattr(request.scope.get("route"), "path", "unknown"))
        return problem_response(error, _request_id(request))

    async def on_value(request: Request, error: Exception) -> Response:
        assert isinstance(error, InvalidValue)
        wrong = {"pointer": "", "code": error.code, "message": error.message}
        return problem_response(InputMalformed([wrong]), _request_id(request))

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        malformed = InputMalformed([field_error(found) for found in error.errors()])
        return problem_response(malformed, _request_id(request))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem_response(_http_problem(error.status_code), _request_id(request))

    async def on_wrapped(request: Request, error: Exception) -> Response:
        assert isinstance(error, DBAPIError)
        cause = error.orig.__cause__ if error.orig is not None else None
        if isinstance(cause, DATA_REFUSED):
            return await on_unstorable(request, error)
        return await (on_database if isinstance(cause, driver) else on_other)(request, error)

    async def on_database(request: Request, error: Exception) -> Response:
        _log.error("database.failed", kind=type(error).__name__, detail=_database_detail(error))
        return problem_response(TooBusy(), _request_id(request))

    async def on_other(request: Request, error: Exception) -> Response:
        _log.error("request.failed", kind=type(error).__name__, at=_place(error))
        return problem_response(InternalError(), _request_id(request))

    app.add_exception_handler(DomainError, on_domain)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(InvalidValue, on_value)
    app.add_exception_handler(HTTPException, on_http)
    driver = (
        *LOST_CONNECTION,
        asyncpg.OperatorInterventionError,
        asyncpg.TransactionRollbackError,
        asyncpg.LockNotAvailableError,
    )
    lost = dict.fromkeys((OperationalError, InterfaceError, PoolTimeout, ConnectionError, *driver), on_database)
    for kind, handler in (
        lost | dict.fromkeys((*DATA_REFUSED, UnicodeEncodeError, OverflowError), on_unstorable)
    ).items():
        app.add_exception_handler(kind, handler)
    app.add_exception_handler(DBAPIError, on_wrapped)
    app.add_exception_handler(Exception, on_other)


def _database_detail(error: Exception) -> str:
    return type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__


class InternalError(HttpError):
    status, message = 500, "系统内部错误，已记录，请稍后再试或联系管理员"


class RouteMissing(HttpError):
    status, message = 404, "没有这个地址"


class MethodMissing(HttpError):
    status, message = 405, "这个地址不支持该操作"


class BadRequest(HttpError):
    status, message = 400, "请求无法识别"


def _http_problem(status: int) -> HttpError:
    return {404: RouteMissing, 405: MethodMissing, 401: NotSignedIn}.get(status, BadRequest)()
