"""Substitutions with their history, the no-disturb list, results heard of; why a pair of a pool is recused."""

from alembic import op

from shared.runtime.rls import protect_district, protect_table

revision = "draw_0003"
down_revision = "draw_0002"
branch_labels = None
depends_on = None

_SUBSTITUTIONS = """
CREATE TABLE substitutions (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    draw_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    object_token bytea NOT NULL,
    inspector_id uuid,
    reason_code text NOT NULL,
    reason bytea NOT NULL,
    evidence bytea NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    confirmed_by text,
    confirmed_department text,
    confirmed_at timestamptz,
    second_evidence bytea,
    decided_by text,
    decided_at timestamptz,
    opinion text NOT NULL,
    result_version integer,
    substitute_visit_id uuid,
    new_inspector_id uuid,
    CONSTRAINT pk_substitutions PRIMARY KEY (district, id)
);
CREATE UNIQUE INDEX uq_substitutions_open ON substitutions
    (district, visit_id, coalesce(inspector_id, '00000000-0000-0000-0000-000000000000'::uuid))
    WHERE state IN ('requested', 'confirmed');
CREATE INDEX ix_substitutions_draw_id ON substitutions (district, draw_id, id);
CREATE TABLE substitutions_history (
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    substitution_id uuid NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_substitutions_history PRIMARY KEY (district, substitution_id, version)
);
"""

_EXCLUSIONS = """
CREATE TABLE no_disturb_entries (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    entity_id uuid NOT NULL,
    ground text NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    ended_by text,
    ended_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT pk_no_disturb_entries PRIMARY KEY (district, id)
);
CREATE INDEX ix_no_disturb_entries_entity_id ON no_disturb_entries (district, entity_id);
CREATE TABLE replica_results (
    id uuid NOT NULL,
    district text NOT NULL,
    visit_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    department text NOT NULL,
    outcome text NOT NULL,
    concluded_on date NOT NULL,
    state text NOT NULL,
    CONSTRAINT pk_replica_results PRIMARY KEY (district, id)
);
CREATE INDEX ix_replica_results_visit_id ON replica_results (district, visit_id);
CREATE INDEX ix_replica_results_concluded_on ON replica_results (district, concluded_on);
CREATE INDEX ix_visits_entity ON visits (district, entity_id, assigned_at);
CREATE INDEX ix_visits_window ON visits (district, window_start);
"""

_RECUSED_WHY = "ALTER TABLE pool_recusals ADD COLUMN why text NOT NULL DEFAULT 'declared'"


def upgrade() -> None:
    for tables in (_SUBSTITUTIONS, _EXCLUSIONS):
        for statement in tables.split(";\n"):
            if statement.strip():
                op.execute(statement)
    op.execute(_RECUSED_WHY)
    for table in ("substitutions", "substitutions_history"):
        protect_table(table, participants=True, office_writes=True)
    # That an object is not to be disturbed is known to all of the district's departments: their pools leave it out.
    for table in ("no_disturb_entries", "replica_results"):
        protect_district(table)
    op.execute(
        "CREATE TRIGGER substitutions_history_stay BEFORE UPDATE OR DELETE ON substitutions_history"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_visits_window")
    op.execute("DROP INDEX ix_visits_entity")
    op.execute("ALTER TABLE pool_recusals DROP COLUMN why")
    for table in ("replica_results", "no_disturb_entries", "substitutions_history", "substitutions"):
        op.execute(f"DROP TABLE {table}")
