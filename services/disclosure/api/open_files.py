"""Open data and feeds: files that anybody may take, at addresses without `/api/`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse

from services.disclosure.api.caching import PUBLIC, public_bytes, public_json
from services.disclosure.api.feeds import atom_feed, json_feed
from services.disclosure.api.headers import guard_headers
from services.disclosure.api.public_figures import OpenFileOut
from services.disclosure.api.site import site_of
from services.disclosure.domain.open_data import dictionary_csv
from services.disclosure.usecases.show_open_data import find_open_file, show_open_data
from services.disclosure.usecases.show_status import list_news
from shared.runtime.app import CurrentProcess, Reading
from shared.runtime.http import Page

router = APIRouter(prefix="/v1", tags=["开放数据"])
plain = APIRouter(include_in_schema=False)
_MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_NEWEST = 50
_FEEDS = {"all": None, "results": "result", "plans": "plan"}


@router.get(
    "/open-data",
    response_model=Page[OpenFileOut],
    summary="开放数据文件",
    description="当日的全部文件，免费使用；地址为 /open-data/files/文件名。以前的文件已被代替，不再提供。",
)
async def list_open_files(request: Request, work: Reading) -> Response:
    page = await show_open_data(work)
    return public_json(request, Page[OpenFileOut](items=[OpenFileOut.of(file) for file in page.files], next=None))


@plain.get("/open-data/files/{name}")
async def get_open_file(
    name: Annotated[str, Path(max_length=120)], work: Reading, process: CurrentProcess
) -> FileResponse:
    """Ranges and conditional requests are the framework's."""
    file = await find_open_file(name, work)
    headers = guard_headers() | PUBLIC | {"Repr-Digest": f"sha-256={file.sha256}", "ETag": f'"{file.sha256}"'}
    return FileResponse(
        process.files.path(file.sha256), media_type=_MEDIA[file.form], filename=file.name, headers=headers
    )


@plain.get("/open-data/dictionary.csv")
async def get_dictionary(request: Request) -> Response:
    return public_bytes(request, dictionary_csv(), _MEDIA["csv"])


@plain.get("/open-data/digests.txt")
async def get_digests(request: Request, work: Reading) -> Response:
    """One line a file, as `sha256sum -c` reads it."""
    page = await show_open_data(work)
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in page.files)
    return public_bytes(request, lines.encode(), "text/plain; charset=utf-8")


@plain.get("/feeds/{name}.atom")
async def get_atom(request: Request, name: Annotated[str, Path(max_length=20)], work: Reading) -> Response:
    entries = await list_news(_FEEDS.get(name), _NEWEST, work)
    return public_bytes(request, atom_feed(site_of(request), name, entries), "application/atom+xml; charset=utf-8")


@plain.get("/feeds/{name}.json")
async def get_json_feed(request: Request, name: Annotated[str, Path(max_length=20)], work: Reading) -> Response:
    entries = await list_news(_FEEDS.get(name), _NEWEST, work)
    return public_bytes(request, json_feed(site_of(request), name, entries), "application/feed+json; charset=utf-8")
