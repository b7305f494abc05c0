"""Pools as they were frozen, results, what is public of them, visits and the teams that go."""

from alembic import op

from shared.runtime.rls import protect_district, protect_table

revision = "draw_0002"
down_revision = "draw_0001"
branch_labels = None
depends_on = None

_POOLS = """
CREATE TABLE pools (
    draw_id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    blind_key bytea NOT NULL,
    task jsonb NOT NULL,
    feed jsonb NOT NULL,
    snapshot_digest bytea NOT NULL,
    roster_hash bytea NOT NULL,
    recusal_hash bytea NOT NULL,
    CONSTRAINT pk_pools PRIMARY KEY (district, draw_id)
);
CREATE TABLE pool_strata (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    place integer NOT NULL,
    stratum text NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    tokens bytea NOT NULL,
    CONSTRAINT pk_pool_strata PRIMARY KEY (district, draw_id, place)
);
ALTER TABLE pool_strata ALTER COLUMN tokens SET STORAGE EXTERNAL;
CREATE TABLE pool_objects (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    owner_department text NOT NULL,
    token bytea NOT NULL,
    entity_id uuid NOT NULL,
    stratum text NOT NULL,
    region text NOT NULL,
    record text NOT NULL,
    CONSTRAINT pk_pool_objects PRIMARY KEY (district, draw_id, token),
    CONSTRAINT uq_pool_objects_entity UNIQUE (district, draw_id, entity_id)
);
CREATE TABLE pool_inspectors (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    owner_department text NOT NULL,
    inspector_id uuid NOT NULL,
    department text NOT NULL,
    status text NOT NULL,
    valid_until date NOT NULL,
    token bytea,
    record text NOT NULL,
    roster_row text,
    CONSTRAINT pk_pool_inspectors PRIMARY KEY (district, draw_id, inspector_id)
);
CREATE TABLE pool_recusals (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    owner_department text NOT NULL,
    entity_id uuid NOT NULL,
    inspector_id uuid NOT NULL,
    object_token bytea NOT NULL,
    inspector_token bytea NOT NULL,
    CONSTRAINT pk_pool_recusals PRIMARY KEY (district, draw_id, entity_id, inspector_id)
);
CREATE TABLE published_lists (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    rows text NOT NULL,
    CONSTRAINT pk_published_lists PRIMARY KEY (district, draw_id, name, version)
);
CREATE TABLE draw_results (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    version integer NOT NULL,
    seed bytea NOT NULL,
    result_hash bytea NOT NULL,
    text text NOT NULL,
    drawn integer NOT NULL,
    visits integer NOT NULL,
    open_slots integer NOT NULL,
    explanation jsonb NOT NULL,
    CONSTRAINT pk_draw_results PRIMARY KEY (district, draw_id, version)
);
"""

_VISITS = """
CREATE TABLE visits (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    draw_id uuid NOT NULL,
    task_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    object_token bytea NOT NULL,
    batch integer NOT NULL,
    state text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    window_start date NOT NULL,
    window_end date NOT NULL,
    assigned_at timestamptz NOT NULL,
    CONSTRAINT pk_visits PRIMARY KEY (district, id),
    CONSTRAINT uq_visits_object UNIQUE (district, draw_id, object_token)
);
CREATE TABLE assignments (
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    visit_id uuid NOT NULL,
    department text NOT NULL,
    idx integer NOT NULL,
    is_expert boolean NOT NULL,
    tags text[] NOT NULL,
    inspector_id uuid,
    assigned_at timestamptz NOT NULL,
    CONSTRAINT pk_assignments PRIMARY KEY (district, visit_id, department, idx)
);
CREATE INDEX ix_assignments_inspector ON assignments (district, inspector_id, assigned_at);
"""


def upgrade() -> None:
    for tables in (_POOLS, _VISITS):
        for statement in tables.split(";\n"):
            if statement.strip():
                op.execute(statement)
    protect_table("pools", participants=True, office_writes=True)
    for table in ("pool_objects", "pool_inspectors", "pool_recusals"):
        protect_table(table, office_writes=True)
    # Tokens, roster rows and result texts name nobody and become public by their stage: the use cases hold that.
    for table in ("pool_strata", "published_lists", "draw_results"):
        protect_district(table)
    for table in ("visits", "assignments"):
        protect_table(table, participants=True, office_writes=True)
    for table in ("pools", "pool_strata", "pool_objects", "pool_inspectors", "pool_recusals", "published_lists",
                  "draw_results"):  # fmt: skip
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in ("assignments", "visits", "draw_results", "published_lists", "pool_recusals", "pool_inspectors",
                  "pool_objects", "pool_strata", "pools"):  # fmt: skip
        op.execute(f"DROP TABLE {table}")
