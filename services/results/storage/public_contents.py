"""The public part of a revision as it is kept: one JSON text, read back to the same values."""

from __future__ import annotations

from typing import Final

import orjson
from pydantic import TypeAdapter

from services.results.domain.publication import PublicContent

_READER: Final = TypeAdapter(PublicContent)


def write_public_content(content: PublicContent | None) -> str | None:
    return None if content is None else orjson.dumps(content).decode()


def read_public_content(kept: str | None) -> PublicContent | None:
    return None if kept is None else _READER.validate_json(kept)
