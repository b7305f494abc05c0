"""Alembic's entry: runs on the connection that `migrate` holds, with timeouts so no migration blocks the service."""

from alembic import context
from sqlalchemy import text

connection = context.config.attributes["connection"]
connection.execute(text("SET lock_timeout = '2s'"))
connection.execute(text("SET statement_timeout = '15min'"))
connection.commit()
context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
