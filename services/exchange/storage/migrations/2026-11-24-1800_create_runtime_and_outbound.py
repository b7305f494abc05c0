"""The runtime's tables and the outbound side: rows, batches, receipts, the front database (前置库).

What a row says is held by a trigger: only its state may move. Receipts are only added to.
"""

from alembic import op

from shared.runtime.rls import protect_district, protect_table
from shared.runtime.tables import create_runtime_tables

revision = "exchange_0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE replica_names (
    district text NOT NULL,
    kind text NOT NULL,
    id uuid NOT NULL,
    number text NOT NULL,
    title text NOT NULL,
    CONSTRAINT pk_replica_names PRIMARY KEY (district, kind, id)
);
CREATE TABLE outbound_rows (
    district text NOT NULL,
    id uuid NOT NULL,
    owner_department text NOT NULL,
    peer text NOT NULL,
    dataset text NOT NULL,
    source_key text NOT NULL,
    source_version integer NOT NULL,
    row_key text NOT NULL,
    version integer NOT NULL,
    op text NOT NULL CONSTRAINT ck_outbound_rows_op CHECK (op IN ('I', 'U', 'D')),
    record text NOT NULL,
    overrides text NOT NULL,
    schema_version text NOT NULL,
    body text,
    digest text,
    state text NOT NULL,
    problems text NOT NULL,
    batch_id uuid,
    receipt_no text,
    is_duplicate boolean NOT NULL DEFAULT false,
    occurred_at timestamptz NOT NULL,
    staged_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT pk_outbound_rows PRIMARY KEY (district, id),
    CONSTRAINT uq_outbound_rows_version UNIQUE (district, dataset, row_key, version)
);
CREATE INDEX ix_outbound_rows_source ON outbound_rows (district, dataset, source_key);
CREATE INDEX ix_outbound_rows_open ON outbound_rows (district, dataset, id) WHERE state IN ('staged', 'batched');
CREATE INDEX ix_outbound_rows_work ON outbound_rows (district, id)
    WHERE state IN ('blocked', 'rejected', 'unanswered');
CREATE INDEX ix_outbound_rows_batch ON outbound_rows (district, batch_id);
CREATE FUNCTION keep_outbound_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.district, OLD.id, OLD.owner_department, OLD.peer, OLD.dataset, OLD.source_key, OLD.source_version,
        OLD.row_key, OLD.version, OLD.op, OLD.record, OLD.overrides, OLD.schema_version, OLD.staged_at)
       IS DISTINCT FROM
       (NEW.district, NEW.id, NEW.owner_department, NEW.peer, NEW.dataset, NEW.source_key, NEW.source_version,
        NEW.row_key, NEW.version, NEW.op, NEW.record, NEW.overrides, NEW.schema_version, NEW.staged_at)
       OR OLD.body IS DISTINCT FROM NEW.body OR OLD.digest IS DISTINCT FROM NEW.digest
       OR (OLD.batch_id IS NOT NULL AND OLD.batch_id IS DISTINCT FROM NEW.batch_id) THEN
        RAISE EXCEPTION 'an outbound row says what it said: a correction is a new version';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outbound_rows_content BEFORE UPDATE ON outbound_rows
    FOR EACH ROW EXECUTE FUNCTION keep_outbound_content();
CREATE TABLE batches (
    district text NOT NULL,
    id uuid NOT NULL,
    peer text NOT NULL,
    dataset text NOT NULL,
    schema_version text NOT NULL,
    number text NOT NULL,
    state text NOT NULL,
    row_count integer NOT NULL,
    digest text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    made_on date NOT NULL,
    sequence integer NOT NULL,
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    waiting_since timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT pk_batches PRIMARY KEY (district, id),
    CONSTRAINT uq_batches_sequence UNIQUE (district, made_on, sequence)
);
CREATE INDEX ix_batches_due ON batches (district, due_at) WHERE state IN ('ready', 'unknown', 'delivered');
CREATE TABLE receipts (
    district text NOT NULL,
    row_id uuid NOT NULL,
    owner_department text NOT NULL,
    batch_id uuid NOT NULL,
    outcome text NOT NULL,
    receipt_no text,
    code text,
    message text,
    received_at timestamptz NOT NULL,
    CONSTRAINT pk_receipts PRIMARY KEY (district, row_id)
);
CREATE TABLE front_rows (
    district text NOT NULL,
    batch_number text NOT NULL,
    row_key text NOT NULL,
    version integer NOT NULL,
    peer text NOT NULL,
    dataset text NOT NULL,
    schema_version text NOT NULL,
    op text NOT NULL,
    org_code text NOT NULL,
    region text NOT NULL,
    body text NOT NULL,
    row_digest text NOT NULL,
    digest_alg text NOT NULL DEFAULT 'sha-256',
    placed_at timestamptz NOT NULL,
    CONSTRAINT pk_front_rows PRIMARY KEY (district, batch_number, row_key, version)
);
CREATE TABLE front_receipts (
    district text NOT NULL,
    batch_number text NOT NULL,
    row_key text NOT NULL,
    version integer NOT NULL,
    outcome text NOT NULL,
    receipt_no text,
    code text,
    message text,
    given_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_front_receipts PRIMARY KEY (district, batch_number, row_key, version)
);
"""
_REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
_PEER = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'exchange_peer') THEN
        GRANT USAGE ON SCHEMA public TO exchange_peer;
        GRANT SELECT ON front_rows TO exchange_peer;
        GRANT SELECT, INSERT ON front_receipts TO exchange_peer;
    END IF;
END $$
"""
"""The peer's own role is made by the installation; it sees the two front tables and nothing else."""


def upgrade() -> None:
    create_runtime_tables()
    for statement in _statements(_TABLES):
        op.execute(statement)
    op.execute(_REFUSE_CHANGE)
    op.execute(
        "CREATE TRIGGER receipts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipts"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER outbound_rows_stay BEFORE DELETE OR TRUNCATE ON outbound_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    for table in ("outbound_rows", "receipts"):
        protect_table(table, office_writes=True)
    for table in ("replica_names", "batches", "front_rows", "front_receipts"):
        protect_district(table)
    op.execute(_PEER)


def _statements(script: str) -> list[str]:
    """Functions keep their own semicolons: only one at the end of a line that closes a statement divides."""
    parts, held = [], ""
    for line in script.strip().splitlines(keepends=True):
        held += line
        if line.rstrip().endswith(";") and held.count("$$") % 2 == 0:
            parts.append(held)
            held = ""
    return parts


def downgrade() -> None:
    raise RuntimeError("what was reported is not taken back: restore a backup")
