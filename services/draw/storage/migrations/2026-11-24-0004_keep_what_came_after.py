"""Beacon files as they were seen, answers of officers to their seats, class and industry of frozen objects."""

from alembic import op

from shared.runtime.rls import protect_district, protect_table

revision = "draw_0004"
down_revision = "draw_0003"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE beacon_files (
    id uuid NOT NULL,
    district text NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    seen_at timestamptz NOT NULL,
    ref text,
    value text,
    source text,
    problem_code text,
    problem text,
    CONSTRAINT pk_beacon_files PRIMARY KEY (district, id),
    CONSTRAINT uq_beacon_files_seen UNIQUE (district, name, sha256)
);
CREATE INDEX ix_beacon_files_ref ON beacon_files (district, ref);
CREATE TABLE seat_answers (
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    visit_id uuid NOT NULL,
    inspector_id uuid NOT NULL,
    answered_by text NOT NULL,
    answered_at timestamptz NOT NULL,
    CONSTRAINT pk_seat_answers PRIMARY KEY (district, visit_id, inspector_id)
);
CREATE INDEX ix_replica_results_entity_id ON replica_results (district, entity_id);
CREATE INDEX ix_visits_task_id ON visits (district, task_id);
CREATE INDEX ix_draws_frozen_at ON draws (district, frozen_at);
"""

_CUTS = """
ALTER TABLE pool_objects ADD COLUMN credit_class text NOT NULL DEFAULT '', ADD COLUMN industry text NOT NULL DEFAULT ''
"""


def upgrade() -> None:
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(_CUTS)
    protect_table("seat_answers", participants=True)
    # Who put which public value where all may read it is known to all of the district.
    protect_district("beacon_files")
    for table in ("beacon_files", "seat_answers"):
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for index in ("ix_draws_frozen_at", "ix_visits_task_id", "ix_replica_results_entity_id"):
        op.execute(f"DROP INDEX {index}")
    op.execute("ALTER TABLE pool_objects DROP COLUMN industry, DROP COLUMN credit_class")
    for table in ("seat_answers", "beacon_files"):
        op.execute(f"DROP TABLE {table}")
