"""Age of passwords, accounts at an issuer of people, resets of a second factor by two, sign-ins under way there."""

from alembic import op

from shared.runtime.rls import protect_district

revision = "gateway_0005"
down_revision = "gateway_0004"
branch_labels = None
depends_on = None

_TABLES = """
ALTER TABLE accounts
    ADD COLUMN password_changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN external_subject text;
CREATE UNIQUE INDEX uq_accounts_external_subject ON accounts (district, external_subject);
CREATE TABLE second_factor_resets (
    id uuid CONSTRAINT pk_second_factor_resets PRIMARY KEY,
    district text NOT NULL,
    login text NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    state text NOT NULL,
    decided_by text,
    decided_at timestamptz
);
CREATE INDEX ix_second_factor_resets_district ON second_factor_resets (district, id);
CREATE UNIQUE INDEX uq_second_factor_resets_waiting ON second_factor_resets (login) WHERE state = 'proposed';
CREATE TABLE external_sign_ins (
    state_digest bytea CONSTRAINT pk_external_sign_ins PRIMARY KEY,
    district text NOT NULL,
    sealed bytea NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_external_sign_ins_begun_at ON external_sign_ins (begun_at)
"""


def upgrade() -> None:
    for statement in _TABLES.split(";\n"):
        op.execute(statement)
    for table in ("second_factor_resets", "external_sign_ins"):
        protect_district(table)


def downgrade() -> None:
    for table in ("second_factor_resets", "external_sign_ins"):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE accounts DROP COLUMN password_changed_at, DROP COLUMN external_subject")
