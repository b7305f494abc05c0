"""Substitution (递补), section 5.7, as far as it concerns objects: the sequence goes on, nobody else is moved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.draw.domain.documents import Substitution
from services.draw.domain.errors import SubstitutionRefused
from services.draw.domain.primitives import Bytes32
from services.draw.domain.selection import Drawing, Selection


@dataclass(frozen=True)
class Exchange:
    """X line: in one scope and stratum, `dropped` gives way to `substitute`, or to nobody (None)."""

    scope: str
    stratum: str
    dropped: bytes
    substitute: bytes | None


@dataclass(frozen=True)
class Place:
    """That a scope draws an object from a stratum, in a batch (a substitute takes the batch of whom it replaces)."""

    scope: str
    stratum: str
    batch: int


class Standing:
    """Which objects are drawn at present, by whom, and where each sequence goes on."""

    def __init__(self, selection: Selection) -> None:
        self._drawings: dict[tuple[str, str], Drawing] = {}
        self._next: dict[tuple[str, str], int] = {}
        self._dropped: set[Bytes32] = set()
        self._places: dict[Bytes32, list[Place]] = {}
        for chosen in selection.scopes:
            for drawing in chosen.drawings:
                key = drawing.scope, drawing.stratum
                self._drawings[key], self._next[key] = drawing, drawing.n
            for item in chosen.merged:
                self._places.setdefault(item.token, []).append(Place(chosen.scope.id, item.stratum, item.batch))

    @property
    def places(self) -> Mapping[Bytes32, list[Place]]:
        """Every object currently drawn, with those who draw it in the order in which they did."""
        return self._places

    def require_drawn(self, token: Bytes32) -> None:
        """Raises SubstitutionRefused unless the object is currently drawn."""
        if token not in self._places:
            raise SubstitutionRefused(f"对象 {token.hex()} 当前未被抽中")

    def drop(self, token: Bytes32) -> list[Exchange]:
        """The object is gone: each scope and stratum that drew it goes on. Raises SubstitutionRefused."""
        self.require_drawn(token)
        self._dropped.add(token)
        return [self._exchange(token, place) for place in self._places.pop(token)]

    def _exchange(self, token: Bytes32, place: Place) -> Exchange:
        substitute = self._advance((place.scope, place.stratum))
        if substitute is not None:
            self._places.setdefault(substitute, []).append(place)
        return Exchange(place.scope, place.stratum, token, substitute)

    def _advance(self, key: tuple[str, str]) -> Bytes32 | None:
        sequence, k = self._drawings[key].sequence, self._next[key]
        while k < len(sequence) and sequence[k].token in self._dropped:
            k += 1
        self._next[key] = k + 1
        return sequence[k].token if k < len(sequence) else None


def ever_drawn(selection: Selection, events: Iterable[Substitution]) -> set[Bytes32]:
    """Every object that is drawn or becomes a substitute: those whose records the computation needs.

    Raises SubstitutionRefused.
    """
    standing = Standing(selection)
    found = set(standing.places)
    for event in events:
        standing.require_drawn(event.drop)
        if event.inspector is None:
            found.update(exchange.substitute for exchange in standing.drop(event.drop) if exchange.substitute)
    return found
