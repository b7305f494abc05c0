"""`python -m demo.province.main`: the mock province as a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from demo.province.book import Book
from demo.province.inbound import watch_files, watch_front
from demo.province.judging import Faults, dice, read_rows
from demo.province.settings import ProvinceSettings

UNANSWERED = 504


def create_app(settings: ProvinceSettings) -> FastAPI:
    """The mock's HTTP side; its two watchers run beside it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        book = await Book.open(settings.database_url.get_secret_value())
        app.state.book, app.state.asked = book, 0
        watchers = [asyncio.ensure_future(watch_files(book, settings.drop_dir, settings.poll_seconds))]
        if settings.front_url is not None:
            front = (settings.front_url.get_secret_value(), settings.front_district)
            watchers.append(asyncio.ensure_future(watch_front(book, *front, settings.poll_seconds)))
        yield
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        await book.close()

    app = FastAPI(title="模拟省级平台", lifespan=lifespan, docs_url=None, redoc_url=None)
    _own_routes(app)
    _batch_routes(app, settings)
    return app


def _own_routes(app: FastAPI) -> None:
    @app.get("/health/ready")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.post("/faults")
    async def set_faults(faults: Faults) -> Faults:
        await _book(app).set_faults(faults)
        return faults

    @app.get("/counts")
    async def counts() -> dict[str, Any]:
        return await _book(app).counts()

    @app.get("/datasets/{dataset}/rows")
    async def standing(dataset: str) -> dict[str, Any]:
        return {"rows": await _book(app).standing(dataset)}


def _batch_routes(app: FastAPI, settings: ProvinceSettings) -> None:
    @app.put("/batches/{number}")
    async def put_batch(number: str, request: Request) -> Response:
        if not _is_known(request, settings):
            return Response(status_code=401)
        faults = await _book(app).faults()
        app.state.asked += 1
        turn = f"{faults.salt}/{number}/{app.state.asked}"
        if dice(f"refuse/{turn}", faults.refuse_ppm):
            return Response(status_code=503)
        told = await request.json()
        await _book(app).take("http", number, told["dataset"], told["schema"], read_rows(told["rows"]))
        if dice(f"deaf/{turn}", faults.deaf_ppm):
            await asyncio.sleep(faults.stall_seconds)
            return Response(status_code=UNANSWERED)
        return await _answer(app, number)

    @app.get("/batches/{number}")
    async def get_batch(number: str, request: Request) -> Response:
        return await _answer(app, number) if _is_known(request, settings) else Response(status_code=401)


def _is_known(request: Request, settings: ProvinceSettings) -> bool:
    return request.headers.get("authorization") == f"Bearer {settings.token.get_secret_value()}"


def _book(app: FastAPI) -> Book:
    book: Book = app.state.book
    return book


async def _answer(app: FastAPI, number: str) -> Response:
    answer = await _book(app).answer(number)
    if isinstance(answer, bool):
        return Response(status_code=202 if answer else 404)
    return JSONResponse({"number": number, "receipts": answer})


def main() -> None:
    settings = ProvinceSettings()
    uvicorn.run(create_app(settings), host="127.0.0.1", port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
