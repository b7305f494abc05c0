"""Enterprises apply for repair themselves (C6): their tokens and the files they sent; working days by the notices that
results tells of (R2)."""

from alembic import op

from shared.runtime.calendars import CREATE_CALENDARS
from shared.runtime.rls import protect_district

revision = "credit_0007"
down_revision = "credit_0006"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
CREATE TABLE repair_tokens (
    district text NOT NULL,
    digest text NOT NULL,
    entity_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    files integer NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    CONSTRAINT pk_repair_tokens PRIMARY KEY (district, digest)
)
""",
    "CREATE INDEX ix_repair_tokens_entity_id ON repair_tokens (district, entity_id, issued_at)",
    """
CREATE TABLE repair_files (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    digest text NOT NULL,
    size bigint NOT NULL,
    sent_at timestamptz NOT NULL,
    CONSTRAINT pk_repair_files PRIMARY KEY (district, entity_id, digest)
)
""",
)


def upgrade() -> None:
    for statement in (CREATE_CALENDARS, *_STATEMENTS):
        op.execute(statement)
    for table in ("replica_calendars", "repair_tokens", "repair_files"):
        protect_district(table)


def downgrade() -> None:
    raise RuntimeError("applications are not taken back: restore a backup")
