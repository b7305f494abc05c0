"""Feeds of news: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from services.disclosure.api.site import Site
from services.disclosure.domain.views import FeedEntry

_ATOM: Final = "http://www.w3.org/2005/Atom"
_TITLES: Final = {"all": "最新公示", "results": "最新检查结果", "plans": "最新抽查计划"}
_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""What an empty feed says it was changed: the same bytes until there is news."""


def atom_feed(site: Site, name: str, entries: Sequence[FeedEntry]) -> bytes:
    root = site.address.rstrip("/")
    feed = Element("feed", xmlns=_ATOM)
    SubElement(feed, "id").text = f"{root}/feeds/{name}.atom"
    SubElement(feed, "title").text = f"{site.name}：{_TITLES.get(name, name)}"
    SubElement(feed, "updated").text = _time(entries[0].at if entries else _EPOCH)
    SubElement(feed, "link", rel="self", href=f"{root}/feeds/{name}.atom")
    SubElement(SubElement(feed, "author"), "name").text = site.organ
    for entry in entries:
        made = SubElement(feed, "entry")
        SubElement(made, "id").text = f"{root}{entry.address}#{entry.id}"
        SubElement(made, "title").text = entry.title
        SubElement(made, "updated").text = _time(entry.at)
        SubElement(made, "link", href=root + entry.address)
        SubElement(made, "summary").text = entry.summary
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="unicode")).encode()


def json_feed(site: Site, name: str, entries: Sequence[FeedEntry]) -> bytes:
    root = site.address.rstrip("/")
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{site.name}：{_TITLES.get(name, name)}",
        "home_page_url": f"{root}/",
        "feed_url": f"{root}/feeds/{name}.json",
        "language": "zh-CN",
        "items": [
            {
                "id": f"{root}{entry.address}#{entry.id}",
                "url": root + entry.address,
                "title": entry.title,
                "content_text": entry.summary,
                "date_published": _time(entry.at),
            }
            for entry in entries
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
