"""Forms that readers post: read within bounds, counted, answered without being kept.

No cookie goes with them, so no other site can post in a reader's name.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from shared.values.errors import Invalid, Refused
from shared.values.text import clean

_LARGEST: Final = 64 * 1024
_FIELDS: Final = 20
PER_MINUTE: Final = 30
"""Forms of one address; behind a proxy that hides addresses they are counted together, so it is not less."""
_ADDRESSES: Final = 10_000


class FormUnreadable(Invalid):
    message = "提交的内容无法识别，请返回重新填写"


class TooManyForms(Refused):
    status = 429
    message = "提交过于频繁，请一分钟后再试"

    def __init__(self) -> None:
        super().__init__(retry_after=60)


class FormCounter:
    """Forms by address and minute, in this process."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, int], int] = OrderedDict()

    def spend(self, address: str, now: float) -> None:
        """Raises TooManyForms."""
        key = (address, int(now // 60))
        self._counts[key] = count = self._counts.get(key, 0) + 1
        while len(self._counts) > _ADDRESSES:
            self._counts.popitem(last=False)
        if count > PER_MINUTE:
            raise TooManyForms


_COUNTER: Final = FormCounter()


async def read_form(request: Request) -> dict[str, str]:
    """Field → cleaned text of an ordinary form. Raises TooManyForms, FormUnreadable."""
    _COUNTER.spend(request.client.host if request.client else "", time.monotonic())
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise FormUnreadable
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise FormUnreadable
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
    except ValueError as error:
        raise FormUnreadable from error
    if any("\0" in value for _, value in pairs):
        raise FormUnreadable
    return {name: clean(value) for name, value in pairs}


def new_form_key() -> str:
    """What makes a form sent twice one act."""
    return secrets.token_urlsafe(24)


def key_of(form: dict[str, str]) -> str:
    """Raises FormUnreadable without a key that a form of ours would have."""
    key = form.get("form_key", "")
    if not 24 <= len(key) <= 64:
        raise FormUnreadable
    return key
