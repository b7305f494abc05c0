"""The runtime's tables, officers' accounts and machine clients."""

from alembic import op

from shared.runtime.tables import create_runtime_tables

revision = "gateway_0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE accounts (
    officer_id uuid CONSTRAINT pk_accounts PRIMARY KEY,
    login text NOT NULL CONSTRAINT uq_accounts_login UNIQUE,
    password_hash text NOT NULL,
    name text NOT NULL,
    district text NOT NULL,
    department text NOT NULL,
    roles text[] NOT NULL,
    inspector_id uuid,
    active boolean NOT NULL,
    failures integer NOT NULL,
    locked_until timestamptz,
    version integer NOT NULL
);
CREATE INDEX ix_accounts_district ON accounts (district, login);
CREATE TABLE clients (
    client_id text CONSTRAINT pk_clients PRIMARY KEY,
    secret_hash text NOT NULL,
    name text NOT NULL,
    district text NOT NULL,
    department text NOT NULL,
    scopes text[] NOT NULL,
    active boolean NOT NULL
);
"""


def upgrade() -> None:
    create_runtime_tables()
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the first revision is not undone: drop the database")
