"""Runs the plain SQL of a migration, statement by statement (asyncpg prepares one at a time)."""

from __future__ import annotations

from alembic import op


def execute_each(sql: str) -> None:
    for statement in sql.split(";\n"):
        if statement.strip():
            op.execute(statement)
