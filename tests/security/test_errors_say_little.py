"""SEC26: whatever breaks, the caller hears RFC 9457 in Chinese, and nothing of statements, paths or stacks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx2
from fastapi import APIRouter
from starlette.types import ASGIApp

from gateway.adapters.access_log import AccessLog
from gateway.api.doorkeepers import Doorkeepers
from gateway.api.front import Front
from gateway.domain.policy import read_policy
from gateway.domain.refusals import Refusals
from gateway.main import POLICY
from services.registry.main import SERVICE
from shared.runtime.app import describe
from shared.runtime.problems import MEDIA_TYPE
from tests.support.served import Served

TELLING = "SELECT password FROM accounts at line 7 of secret.py"
broken = APIRouter()


@broken.get("/v1/broken", summary="坏的", description="总是出错。")
async def get_broken() -> None:
    raise RuntimeError(TELLING)


class Breaking:
    """Whatever is asked of it, it breaks."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(TELLING)


def keepers_that_break() -> Doorkeepers:
    anything: Any = Breaking()
    log = AccessLog(asyncio.get_running_loop(), lambda _: None)
    return Doorkeepers(anything, anything, anything, log, Refusals(), None)


async def heard(app: ASGIApp, path: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        return await client.get(path)


def assert_says_little(answer: httpx2.Response) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (500, MEDIA_TYPE)
    body = answer.json()
    assert (body["code"], body["params"], body["errors"]) == ("request.internal_error", {}, [])
    assert body["request_id"]
    for word in (*TELLING.split(), "RuntimeError", "Traceback"):
        if len(word) > 4:
            assert word not in answer.text


async def test_a_service_that_breaks_says_that_it_broke() -> None:
    assert_says_little(await heard(describe(replace(SERVICE, routers=[broken])), "/v1/broken"))


async def test_the_door_that_breaks_says_that_it_broke(gateway_itself: Served) -> None:
    front = Front(gateway_itself.app, read_policy(POLICY), keepers_that_break)
    assert_says_little(await heard(front, "/api/results/v1/outcome-codes"))
