"""Help in plain words (使用帮助): a page a question, no database."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response

from services.disclosure.api.html import page, pages_router
from shared.runtime.problems import RouteMissing

router = pages_router()

TOPICS: Final = {
    "search": "怎样查询企业和检查结果",
    "results": "怎样看懂检查结果",
    "draws": "怎样核验一次抽取",
    "codes": "怎样核验执法人员和检查通知",
    "objections": "对公示内容有异议怎么办",
    "data": "怎样使用开放数据",
    "privacy": "个人信息与纠错",
    "accessibility": "无障碍说明",
}


@router.get("/help")
async def get_help(request: Request) -> Response:
    return page(request, "help.html", topics=TOPICS)


@router.get("/help/{topic}")
async def get_help_topic(request: Request, topic: str) -> Response:
    """One question. Raises RouteMissing."""
    if topic not in TOPICS:
        raise RouteMissing
    return page(request, f"help_{topic}.html", topics=TOPICS, topic=topic)
