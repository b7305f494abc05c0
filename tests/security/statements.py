"""What a request does in the database: every statement of a service, in order, as PostgreSQL gets it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from tests.support.served import Served


@dataclass
class Heard:
    """Statements since `listening` began or `clear` was called; their values are not kept."""

    statements: list[str] = field(default_factory=list)

    def take(self) -> list[str]:
        taken, self.statements = self.statements, []
        return taken

    def note(self, query: Any) -> None:
        """Of the driver itself, for what goes past SQLAlchemy; that prepares its statements, which is not told here."""
        self.statements.append(" ".join(query.query.split()))

    def execute(self, _: Any, __: Any, statement: str, *___: Any) -> None:
        """Of SQLAlchemy."""
        self.statements.append(" ".join(statement.split()))


@contextmanager
def listening(service: Served) -> Iterator[Heard]:
    """On every connection that the service's pool gives out meanwhile."""
    heard, engine = Heard(), service.process.database.engine.sync_engine
    logged: list[Any] = []

    def given_out(_: Any, record: Any, __: Any) -> None:
        driver = record.driver_connection
        if driver not in logged:
            driver.add_query_logger(heard.note)
            logged.append(driver)

    event.listen(engine, "checkout", given_out)
    event.listen(engine, "before_cursor_execute", heard.execute)
    try:
        yield heard
    finally:
        event.remove(engine, "checkout", given_out)
        event.remove(engine, "before_cursor_execute", heard.execute)
        for driver in logged:
            driver.remove_query_logger(heard.note)
