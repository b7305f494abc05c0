"""A page as a reader meets it: elements in order, visible words, links. The standard library's parser, no browser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "br", "img", "hr", "path", "rect", "circle", "line"}
_HEADINGS = re.compile(r"h[1-6]")
LATIN = re.compile(r"[A-Za-z][A-Za-z-]+")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class PageRead:
    """`words`: visible text outside `code` and `pre`; `codes`: the text of each of those."""

    elements: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        return [one for one in self.elements if one.tag in tags]

    @property
    def headings(self) -> list[tuple[int, str]]:
        return [(int(one.tag[1]), one.text.strip()) for one in self.elements if _HEADINGS.fullmatch(one.tag)]

    @property
    def title(self) -> str:
        return self.all("title")[0].text

    @property
    def links(self) -> list[str]:
        return [one.attributes["href"] for one in self.all("a") if "href" in one.attributes]

    @property
    def text(self) -> str:
        return " ".join(self.words)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = PageRead()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attributes})
        self.page.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)
        for name in ("alt", "aria-label", "title", "placeholder"):
            if name in element.attributes:
                self.page.words.append(element.attributes[name])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data
        inside = {element.tag for element in self.open}
        if inside & {"script", "style"} or not data.strip():
            return
        (self.page.codes if inside & {"code", "pre"} else self.page.words).append(data.strip())


def read_page(html: str) -> PageRead:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page
