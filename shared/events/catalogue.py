"""Every event of the platform by subject. A new event is a class in its producer's module; nothing else to register."""

from __future__ import annotations

import inspect
from types import ModuleType

from shared.events import credit, disclosure, draw, exchange, gateway, planning, registry, results
from shared.events.envelope import Event

PRODUCERS: dict[str, ModuleType] = {
    "registry": registry,
    "planning": planning,
    "draw": draw,
    "results": results,
    "credit": credit,
    "disclosure": disclosure,
    "exchange": exchange,
    "gateway": gateway,
}


def _events(module: ModuleType) -> list[type[Event]]:
    return [
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Event) and found is not Event and found.__module__ == module.__name__
    ]


EVENTS: dict[str, type[Event]] = {event.SUBJECT: event for module in PRODUCERS.values() for event in _events(module)}


def event_class(subject: str) -> type[Event] | None:
    """The model of a subject, or None for a type this release does not know (parked, never dropped: REL37)."""
    return EVENTS.get(subject)
