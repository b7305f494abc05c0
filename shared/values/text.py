"""Names as people write them, brought to one form for storage, search and comparison."""

import unicodedata
from typing import Final

# NFKC has made half width of most brackets; these are what is left of the shapes found in real registers.
_UNIFIED: Final = (
    str.maketrans("[{〔【〖〈《「『﹝<", "(" * 11)
    | str.maketrans("]}〕】〗〉》」』﹞>", ")" * 11)
    | str.maketrans("•‧∙⋅・", "·" * 5)
)
_STRIPPED: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def is_nfc(text: str) -> bool:
    """Whether text is fit for a public document: NFC and without a lone surrogate (draw protocol, Text)."""
    return unicodedata.is_normalized("NFC", text) and not any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def clean(text: str) -> str:
    """Text to store: NFC, control and format characters out, runs of whitespace to one space, ends trimmed."""
    spaced = (" " if character.isspace() else character for character in text)
    kept = "".join(character for character in spaced if unicodedata.category(character) not in ("Cc", "Cf"))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def search_key(name: str) -> str:
    """The form two spellings of one name share: NFKC, one kind of bracket and dot, no whitespace or control
    characters, case folded. `search_key(search_key(x)) == search_key(x)`.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    unified = folded.translate(_UNIFIED)
    kept = "".join(character for character in unified if unicodedata.category(character) not in _STRIPPED)
    return unicodedata.normalize("NFKC", kept)


def is_same_name(one: str, other: str) -> bool:
    return search_key(one) == search_key(other)
