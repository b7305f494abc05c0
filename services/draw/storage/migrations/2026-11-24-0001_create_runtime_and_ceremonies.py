"""The runtime's tables; tasks heard of, ceremonies with their history and parties, recusals, the public log."""

from alembic import op

from shared.runtime.rls import protect_district, protect_table
from shared.runtime.tables import create_runtime_tables

revision = "draw_0001"
down_revision = None
branch_labels = None
depends_on = None

_TASKS = """
CREATE TABLE replica_tasks (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    task_no text NOT NULL,
    body jsonb NOT NULL,
    state text NOT NULL DEFAULT 'issued',
    reason text NOT NULL DEFAULT '',
    aggregate_version integer NOT NULL,
    heard_at timestamptz NOT NULL,
    CONSTRAINT pk_replica_tasks PRIMARY KEY (district, id)
);
CREATE TABLE recusals (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    inspector_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    ground bytea NOT NULL,
    declared_by text NOT NULL,
    declared_at timestamptz NOT NULL,
    CONSTRAINT pk_recusals PRIMARY KEY (district, id),
    CONSTRAINT uq_recusals_pair UNIQUE (district, inspector_id, entity_id)
);
"""

_CEREMONIES = """
CREATE TABLE draws (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    task_id uuid NOT NULL,
    task_no text NOT NULL,
    stage text NOT NULL,
    version integer NOT NULL,
    suite text NOT NULL,
    plan jsonb NOT NULL,
    note text NOT NULL,
    replaces uuid,
    frozen_by text NOT NULL,
    frozen_at timestamptz NOT NULL,
    committed_by text,
    commit_hash bytea,
    CONSTRAINT pk_draws PRIMARY KEY (district, id)
);
CREATE UNIQUE INDEX uq_draws_live ON draws (district, task_id) WHERE stage NOT IN ('WITHDRAWN', 'VOID');
CREATE INDEX ix_draws_task_id ON draws (district, task_id);
CREATE TABLE draws_history (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    place bigint GENERATED ALWAYS AS IDENTITY,
    version integer NOT NULL,
    step text NOT NULL,
    stage text NOT NULL,
    detail text NOT NULL,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_draws_history PRIMARY KEY (district, draw_id, place)
);
CREATE TABLE party_commits (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    party text NOT NULL,
    commit_value bytea NOT NULL,
    witness text NOT NULL,
    handed_at timestamptz NOT NULL,
    CONSTRAINT pk_party_commits PRIMARY KEY (district, draw_id, party)
);
CREATE TABLE party_shares (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    party text NOT NULL,
    value bytea NOT NULL,
    revealed_at timestamptz NOT NULL,
    CONSTRAINT pk_party_shares PRIMARY KEY (district, draw_id, party)
);
CREATE TABLE beacon_values (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    beacon_id text NOT NULL,
    value text NOT NULL,
    provenance text NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    CONSTRAINT pk_beacon_values PRIMARY KEY (district, draw_id, beacon_id)
);
CREATE TABLE void_requests (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    reason text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    CONSTRAINT pk_void_requests PRIMARY KEY (district, draw_id)
);
"""

_LOG = """
CREATE TABLE log_heads (
    district text CONSTRAINT pk_log_heads PRIMARY KEY,
    length bigint NOT NULL DEFAULT 0,
    last_text text NOT NULL DEFAULT '',
    last_time text NOT NULL DEFAULT ''
);
CREATE TABLE log_documents (
    district text NOT NULL,
    log_seq bigint NOT NULL,
    draw_id uuid NOT NULL,
    task_id uuid NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    digest bytea NOT NULL,
    published_at text NOT NULL,
    CONSTRAINT pk_log_documents PRIMARY KEY (district, log_seq)
);
CREATE INDEX ix_log_documents_draw_id ON log_documents (district, draw_id, log_seq);
CREATE INDEX ix_log_documents_task_id ON log_documents (district, task_id, log_seq);
"""

_REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % stay as they were written', TG_TABLE_NAME;
END
$$
"""


def upgrade() -> None:
    create_runtime_tables()
    for tables in (_TASKS, _CEREMONIES, _LOG):
        for statement in tables.split(";\n"):
            if statement.strip():
                op.execute(statement)
    protect_table("replica_tasks", participants=True, office_writes=True)
    protect_table("recusals", office_writes=True)
    protect_table("draws", participants=True, office_writes=True)
    # That a ceremony takes place, who its parties are and how far it has come is known to all of the district: the
    # witnesses belong to none of its departments. Its pool is not: see the next revision.
    op.execute("CREATE POLICY draws_known ON draws FOR SELECT USING (district = current_setting('ssj.district', true))")
    for table in ("draws_history", "party_commits", "party_shares", "beacon_values", "void_requests"):
        protect_district(table)
    for table in ("log_heads", "log_documents"):
        protect_district(table)
    op.execute(_REFUSE_CHANGE)
    for table in ("draws_history", "beacon_values", "log_documents", "party_shares"):
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    raise RuntimeError("the first revision is not undone: drop the database")
