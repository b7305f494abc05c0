"""What every event is: a fact in the past tense, named after its aggregate (架构 Events).

`results.ResultPublishedV1` has the subject `results.result.published.v1`; the name is derived, never typed twice.
On the wire an event is CloudEvents 1.0 in binary mode: attributes as `ce-` headers, the JSON body is the model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

_NAME = re.compile(r"^(?P<words>(?:[A-Z][a-z]+)+)V(?P<major>[1-9]\d*)$")
_WORD = re.compile(r"[A-Z][a-z]+")


class Part(BaseModel):
    """A piece of an event body. Unknown members are ignored: a major version only ever grows."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """A fact a service tells. `aggregate_version` counts the changes of the aggregate, from 1."""

    SUBJECT: ClassVar[str] = ""
    KEY: ClassVar[str] = ""

    aggregate_version: int

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.SUBJECT = subject_of(cls.__module__.rsplit(".", 1)[-1], cls.__name__)
        if cls.KEY not in cls.model_fields:
            raise TypeError(f"{cls.__name__}.KEY must name the field that holds the aggregate's id")

    @property
    def aggregate_id(self) -> str:
        return str(getattr(self, type(self).KEY))


def subject_of(service: str, class_name: str) -> str:
    """`results`, `ResultPublishedV1` → `results.result.published.v1`."""
    found = _NAME.match(class_name)
    if found is None:
        raise TypeError(f"event class {class_name} is not <Aggregate><PastTense>V<major>")
    *aggregate, verb = _WORD.findall(found["words"])
    return f"{service}.{'_'.join(aggregate).lower()}.{verb.lower()}.v{found['major']}"


E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Heard(Generic[E_co]):
    """An event as a consumer meets it: the body and what the envelope says of it."""

    event: E_co
    event_id: UUID
    producer: str
    producer_seq: int
    district: str
    occurred_at: datetime
    traceparent: str | None = None
