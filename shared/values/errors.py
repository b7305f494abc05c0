"""The error tree of the domain. A rule broken raises its own class; the class names the code officers and clients see.

DomainError
├── Invalid       the input breaks a rule            → 422
├── Refused       the state does not allow the act   → 409
├── Forbidden     this person may not do it          → 403
└── NotFound      absent, or another department's    → 404
InvalidValue      a value the rules of the field refuse (a ValueError with a stable code) → 422
"""

from __future__ import annotations

import re
from typing import ClassVar

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class DomainError(Exception):
    """A rule of the domain was broken. `message` is the Chinese template that `params` fill."""

    message: ClassVar[str] = "操作不符合规则"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        return type(self).message.format(**self.params)

    @property
    def code(self) -> str:
        """`services.draw.domain.x.NotEnoughInspectors` → `draw.not_enough_inspectors`."""
        cls = type(self)
        parts = cls.__module__.split(".")
        service = parts[1] if parts[0] == "services" else ("gateway" if parts[0] == "gateway" else "request")
        return f"{service}.{_BOUNDARY.sub('_', cls.__name__).lower()}"


class Invalid(DomainError):
    """The input breaks a rule."""


class Refused(DomainError):
    """The state does not allow the act."""


class Forbidden(DomainError):
    """This person may not do it."""


class NotFound(DomainError):
    """Absent, or owned by a department that the caller may not know of."""

    message = "没有找到，或无权查看"


class InvalidValue(ValueError):
    """A value the rules of the field refuse; `code` is stable, `str(error)` is Chinese text for the officer."""

    code: ClassVar[str] = "value.invalid"

    @property
    def message(self) -> str:
        return str(self)
