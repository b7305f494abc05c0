"""The tables of the audit chain (审计链) and what keeps log and audit from being changed (SEC9; decision 0012).

Written as SQL because that is what a migration runs. `chain_audits` may be run twice: the second time does nothing.
"""

from __future__ import annotations

from alembic import op

_TABLES = """
ALTER TABLE audits ADD COLUMN IF NOT EXISTS outcome text NOT NULL DEFAULT 'done';
CREATE TABLE IF NOT EXISTS audit_places (
    seq bigint CONSTRAINT pk_audit_places PRIMARY KEY,
    kind text NOT NULL,
    row_id uuid NOT NULL CONSTRAINT uq_audit_places_row_id UNIQUE,
    log_seq bigint,
    leaf bytea NOT NULL,
    chain bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT statement_timestamp()
);
CREATE TABLE IF NOT EXISTS audit_nodes (
    level integer NOT NULL,
    place bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_audit_nodes PRIMARY KEY (level, place)
);
CREATE TABLE IF NOT EXISTS audit_checkpoints (
    number integer CONSTRAINT pk_audit_checkpoints PRIMARY KEY,
    size bigint NOT NULL,
    body text NOT NULL,
    signature bytea NOT NULL
)
"""

# The application adds rows and takes nothing away; default privileges of the database gave it more.
_KEPT = """
DO $$
DECLARE
    guarded regclass;
    holder regrole;
BEGIN
    FOR guarded, holder IN
        SELECT c.oid::regclass, a.grantee::regrole FROM pg_class c, aclexplode(c.relacl) AS a
        WHERE c.oid IN ('audit_places'::regclass, 'audit_nodes'::regclass, 'audit_checkpoints'::regclass)
              AND a.grantee NOT IN (0, c.relowner) GROUP BY 1, 2
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %s', guarded, holder);
    END LOOP;
END $$
"""

_REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % stay as they were written', TG_TABLE_NAME;
END $$
"""

_APPEND_ONLY = ("audits", "audit_places", "audit_nodes", "audit_checkpoints")
_FIXED = (
    "id, event_id, district, aggregate_type, aggregate_id, aggregate_version, type, payload, traceparent, occurred_at"
)
"""Columns of the event log that never change; its number comes once. The condition is part of the trigger, so a row
that is numbered in order costs no call of a function."""


def _guard_log() -> None:
    old = ", ".join(f"OLD.{column}" for column in _FIXED.split(", "))
    new = old.replace("OLD.", "NEW.")
    op.execute("DROP TRIGGER IF EXISTS outboxes_numbered_once ON outboxes")
    op.execute(
        "CREATE TRIGGER outboxes_numbered_once BEFORE UPDATE ON outboxes FOR EACH ROW"
        f" WHEN (OLD.producer_seq IS NOT NULL OR NEW.producer_seq IS NULL OR ({old}) IS DISTINCT FROM ({new}))"
        " EXECUTE FUNCTION audit_refuses_change()"
    )
    op.execute("DROP TRIGGER IF EXISTS outboxes_kept ON outboxes")
    op.execute(
        "CREATE TRIGGER outboxes_kept BEFORE DELETE ON outboxes FOR EACH ROW EXECUTE FUNCTION audit_refuses_change()"
    )
    op.execute(_GUARD_PARTITIONS)


# A trigger on TRUNCATE is not handed down to partitions; one on rows is.
_GUARD_PARTITIONS = """
DO $$
DECLARE
    guarded regclass;
BEGIN
    FOR guarded IN SELECT relid FROM pg_partition_tree('outboxes') LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS outboxes_whole ON %s', guarded);
        EXECUTE format('CREATE TRIGGER outboxes_whole BEFORE TRUNCATE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses_change()', guarded);
    END LOOP;
END $$
"""


def chain_audits() -> None:
    """Called by a migration of every service, as the owner role: places, tree, checkpoints, and the guards."""
    for statement in _TABLES.split(";\n"):
        op.execute(statement)
    op.execute(_KEPT)
    op.execute(_REFUSE)
    for table in _APPEND_ONLY:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses_change()"
        )
    _guard_log()
