"""Pinyin initials (拼音首字母) of names: 洛阳宏达 → lyhd. Of a sign with several sounds the commonest counts."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

from services.disclosure.domain.names import SearchName
from shared.values.text import search_key


def initials_of(folded: str) -> str:
    """One small letter a Chinese sign, Latin letters and digits as they are; everything else is left out."""
    sounds = "".join(lazy_pinyin(folded, style=Style.FIRST_LETTER))
    return "".join(sign for sign in sounds if sign.isascii() and sign.isalnum())


def search_name(name: str) -> SearchName:
    """What the search table keeps of a name."""
    folded = search_key(name)
    return SearchName(folded, initials_of(folded))
