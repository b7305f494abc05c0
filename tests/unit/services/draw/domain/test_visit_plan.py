"""What a result text says of objects and officers, and what a visit's teams are (D1)."""

from __future__ import annotations

from datetime import date

from services.draw.domain.matching import Assignment
from services.draw.domain.visit_plan import PlannedVisit, seats_by_object, touched_inspectors, touched_objects
from shared.values.ids import new_id

TEXT = "\n".join(
    (
        f"S\tjoint\tS1\t9\t2\t{'f' * 64}",
        f"D\tjoint\t1\tS1\t{'1' * 64}",
        f"D\tjoint\t1\tS1\t{'2' * 64}",
        f"X\tjoint\tS1\t{'1' * 64}\t{'3' * 64}",
        f"X\tjoint\tS1\t{'2' * 64}\t-",
        f"R\t{'3' * 64}\tscjg\t0\t{'a' * 64}\t{'b' * 64}",
        f"M\t{'3' * 64}\tscjg\t0\t{'b' * 64}",
        f"M\t{'3' * 64}\tscjg\t1\t-",
        "U\tscjg\t1\t1\t2\n",
    )
)


def test_every_object_drawn_or_substituted_is_to_be_opened() -> None:
    assert {token.hex()[0] for token in touched_objects(TEXT)} == {"1", "2", "3"}
    assert {token.hex()[0] for token in touched_inspectors(TEXT, [bytes.fromhex("3" * 64)])} == {"a", "b"}
    assert touched_inspectors(TEXT, [bytes.fromhex("1" * 64)]) == set(), "nobody went there"


def test_experts_are_no_officers_and_open_seats_count() -> None:
    token, officer, expert = b"\1" * 32, new_id(), new_id()
    people = {b"o": officer, b"e": expert}
    seats = seats_by_object(
        [
            Assignment(token, "scjg", 0, b"o", frozenset({"食品"})),
            Assignment(token, "scjg", 1, None),
            Assignment(token, "scjg", 2, b"e", frozenset({"expert"})),
        ],
        people,
    )
    visit = PlannedVisit(
        new_id(), new_id(), new_id(), new_id(), token, 1, seats[token], date(2026, 1, 1), date(2026, 2, 1)
    )
    assert (visit.officers("scjg"), visit.experts("scjg"), visit.open_seats) == ([officer], [expert], 1)
    assert visit.seats[0].tags == ("食品",)
