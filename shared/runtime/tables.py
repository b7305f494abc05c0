"""The tables every service has: its outbox, inbox, dead letters, audit rows, idempotency keys and the demo clock.

Written as SQL because that is what a migration runs; `create_runtime_tables` is called by a service's first migration.
"""

from __future__ import annotations

from alembic import op

from shared.runtime.audit_tables import chain_audits as chain_audits

RUNTIME_TABLES = """
CREATE TABLE outboxes (
    id bigint GENERATED ALWAYS AS IDENTITY,
    event_id uuid NOT NULL,
    district text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    aggregate_version integer NOT NULL,
    type text NOT NULL,
    payload text NOT NULL,
    traceparent text,
    occurred_at timestamptz NOT NULL,
    log_epoch integer,
    producer_seq bigint,
    CONSTRAINT pk_outboxes PRIMARY KEY (occurred_at, id)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX ix_outboxes_producer_seq ON outboxes (producer_seq);
CREATE TABLE outboxes_default PARTITION OF outboxes DEFAULT;

CREATE TABLE outbox_waits (
    id bigint CONSTRAINT pk_outbox_waits PRIMARY KEY,
    occurred_at timestamptz NOT NULL
);

CREATE TABLE relay_states (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    log_epoch integer NOT NULL DEFAULT 1,
    numbered_seq bigint NOT NULL DEFAULT 0,
    published_seq bigint NOT NULL DEFAULT 0,
    leads bigint NOT NULL DEFAULT 0
);
INSERT INTO relay_states DEFAULT VALUES;

CREATE TABLE inboxes (
    producer text NOT NULL,
    producer_seq bigint NOT NULL,
    event_id uuid NOT NULL,
    applied_at timestamptz NOT NULL,
    CONSTRAINT pk_inboxes PRIMARY KEY (producer, producer_seq)
);
CREATE TABLE inbox_cursors (
    producer text CONSTRAINT pk_inbox_cursors PRIMARY KEY,
    producer_seq bigint NOT NULL DEFAULT 0
);
CREATE TABLE dead_letters (
    producer text NOT NULL,
    producer_seq bigint NOT NULL,
    event_id uuid NOT NULL,
    district text NOT NULL,
    type text NOT NULL,
    aggregate_id text NOT NULL,
    payload text NOT NULL,
    occurred_at timestamptz NOT NULL,
    code text NOT NULL,
    reason text NOT NULL,
    parked_at timestamptz NOT NULL,
    redriven_at timestamptz,
    CONSTRAINT pk_dead_letters PRIMARY KEY (producer, producer_seq)
);
CREATE INDEX ix_dead_letters_waiting ON dead_letters (producer, aggregate_id) WHERE redriven_at IS NULL;

CREATE TABLE audits (
    id uuid CONSTRAINT pk_audits PRIMARY KEY,
    district text NOT NULL,
    actor text NOT NULL,
    act_for text,
    department text NOT NULL,
    roles text[] NOT NULL,
    action text NOT NULL,
    command jsonb NOT NULL,
    event_ids uuid[] NOT NULL,
    request_id text NOT NULL,
    acted_at timestamptz NOT NULL
);
CREATE INDEX ix_audits_acted_at ON audits (district, acted_at);

CREATE TABLE idempotency_keys (
    caller text NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL,
    status integer NOT NULL,
    body text NOT NULL,
    headers jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (caller, key)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);

CREATE TABLE demo_clocks (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    moved_by interval NOT NULL
);
"""

# Monthly partitions of the outbox. A default partition stands behind them, so a missing month loses nothing.
MONTHLY_PARTITIONS = """
DO $$
DECLARE
    month timestamptz := date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai';
    after timestamptz;
BEGIN
    FOR i IN 0..24 LOOP
        after := (month AT TIME ZONE 'Asia/Shanghai' + interval '1 month') AT TIME ZONE 'Asia/Shanghai';
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF outboxes FOR VALUES FROM (%L) TO (%L)',
                       'outboxes_' || to_char(month AT TIME ZONE 'Asia/Shanghai', 'YYYY_MM'), month, after);
        month := after;
    END LOOP;
END $$
"""

# A row without a number stands in the waiting room, whoever inserted it, until the relay numbers it (decision 0011).
_WAITING_ROOM = """
CREATE OR REPLACE FUNCTION outbox_row_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox_waits (id, occurred_at) VALUES (NEW.id, NEW.occurred_at) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- next
DROP TRIGGER IF EXISTS outboxes_wait ON outboxes;
-- next
CREATE TRIGGER outboxes_wait AFTER INSERT ON outboxes
FOR EACH ROW WHEN (NEW.producer_seq IS NULL) EXECUTE FUNCTION outbox_row_waits()
"""


# The application's role adds to the log and the audit and takes nothing away (SEC9). Default privileges of the database
# gave it more; partitions have privileges of their own. The relay numbers rows of the log, so UPDATE stays there.
_KEPT = """
DO $$
DECLARE
    guarded regclass;
    holder regrole;
BEGIN
    FOR guarded, holder IN
        SELECT t.relid, a.grantee::regrole
        FROM (SELECT relid FROM pg_partition_tree('outboxes') UNION SELECT 'audits'::regclass) AS t
        JOIN pg_class c ON c.oid = t.relid, aclexplode(c.relacl) AS a
        WHERE a.grantee NOT IN (0, c.relowner) GROUP BY 1, 2
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE ON %s FROM %s', guarded, holder);
        IF guarded = 'audits'::regclass THEN
            EXECUTE format('REVOKE UPDATE ON %s FROM %s', guarded, holder);
        END IF;
    END LOOP;
END $$
"""


def create_runtime_tables() -> None:
    """Called by the first migration of every service, as the owner role."""
    for statement in RUNTIME_TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(MONTHLY_PARTITIONS)
    _open_waiting_room()
    op.execute(_KEPT)
    chain_audits()


# Of services that were made before numbers were given with commits (decision 0011); does nothing to others.
_NUMBERED_WITH_COMMITS = """
CREATE TABLE IF NOT EXISTS outbox_waits (
    id bigint CONSTRAINT pk_outbox_waits PRIMARY KEY,
    occurred_at timestamptz NOT NULL
);
INSERT INTO outbox_waits (id, occurred_at)
SELECT id, occurred_at FROM outboxes WHERE producer_seq IS NULL ON CONFLICT DO NOTHING;
ALTER TABLE relay_states ADD COLUMN IF NOT EXISTS leads bigint NOT NULL DEFAULT 0;
DROP INDEX IF EXISTS ix_outboxes_unnumbered
"""


def _open_waiting_room() -> None:
    for statement in _WAITING_ROOM.split("-- next"):
        op.execute(statement)


def number_with_commits() -> None:
    """Called by the migration of every service that has its runtime tables from before decision 0011."""
    for statement in _NUMBERED_WITH_COMMITS.split(";\n"):
        op.execute(statement)
    _open_waiting_room()
