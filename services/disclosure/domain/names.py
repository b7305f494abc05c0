"""Names as they are searched: one folding, one way to cut pairs, for the writer and the reader alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.values.errors import Invalid
from shared.values.text import search_key

LONGEST: Final = 100
HIGHEST: Final = "\U0010ffff"


class QueryTooShort(Invalid):
    message = "请至少输入两个汉字，或两个以上的字母、数字"


class QueryTooLong(Invalid):
    message = "查询内容太长，最多 {most} 个字"


class Way(StrEnum):
    """How a name is looked for; `performance.md` 6 says what each costs."""

    PAIR = "pair"
    """Two signs: their pair, by the index of pairs."""
    INSIDE = "inside"
    """Three or more: by trigrams."""
    INITIALS = "initials"
    """Latin letters: pinyin initials (拼音首字母), or letters of the name itself."""


@dataclass(frozen=True, slots=True)
class SearchName:
    """What the search table keeps of a name. `initials` come from outside: the dictionary of sounds is no rule."""

    folded: str
    initials: str

    @property
    def pairs(self) -> list[str]:
        return pairs_of(self.folded)


@dataclass(frozen=True, slots=True)
class NameQuery:
    """A text to look for, folded as names are."""

    folded: str
    way: Way

    @property
    def beyond(self) -> str:
        """The first text after all that begin with `folded`, in the order of code points."""
        return self.folded + HIGHEST


def pairs_of(folded: str) -> list[str]:
    """Its different pairs of neighbouring signs, sorted."""
    return sorted({folded[at : at + 2] for at in range(len(folded) - 1)})


def read_query(text: str) -> NameQuery:
    """Raises QueryTooShort, QueryTooLong."""
    folded = search_key(text)
    if len(folded) > LONGEST:
        raise QueryTooLong(most=LONGEST)
    if len(folded) < 2:
        raise QueryTooShort
    if folded.isascii() and folded.isalpha():
        return NameQuery(folded, Way.INITIALS)
    return NameQuery(folded, Way.PAIR if len(folded) == 2 else Way.INSIDE)
