"""The journal names the rules each input was applied by; records know when they are due; an entity's past names.

Rows from before were all applied by the shipped rules, version 1 of both.
"""

from alembic import op

from shared.runtime.rls import protect_district

revision = "credit_0002"
down_revision = "credit_0001"
branch_labels = None
depends_on = None

_STATEMENTS = """
ALTER TABLE credit_journal
    ADD COLUMN indicator_version integer NOT NULL DEFAULT 1,
    ADD COLUMN measure_version integer NOT NULL DEFAULT 1;
CREATE INDEX ix_credit_journal_entity_id ON credit_journal (district, entity_id, seq);

ALTER TABLE credit_records
    ADD COLUMN due_on date,
    ADD COLUMN observed_form text,
    ADD COLUMN observed_from date,
    ADD COLUMN observed_before date;

ALTER TABLE replica_entities ADD COLUMN registered_on date;
CREATE TABLE replica_entities_history (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    uscc text COLLATE "C",
    name text NOT NULL,
    known_from timestamptz NOT NULL,
    known_until timestamptz NOT NULL
);
CREATE INDEX ix_replica_entities_history_entity_id ON replica_entities_history (district, entity_id, known_until);

CREATE TABLE indicator_proposals (
    district text NOT NULL,
    id uuid NOT NULL,
    body text NOT NULL,
    note text NOT NULL,
    based_on integer,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT pk_indicator_proposals PRIMARY KEY (district, id)
);
CREATE TABLE indicator_decisions (
    district text NOT NULL,
    proposal_id uuid NOT NULL,
    state text NOT NULL,
    version integer,
    reason text,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT pk_indicator_decisions PRIMARY KEY (district, proposal_id)
);

CREATE TABLE credit_warnings (
    district text NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    scope text NOT NULL,
    entity_id uuid,
    count integer NOT NULL,
    before text,
    after text,
    text text NOT NULL,
    entity_ids uuid[] NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    indicator_version integer NOT NULL,
    raised_at timestamptz NOT NULL,
    CONSTRAINT pk_credit_warnings PRIMARY KEY (district, id)
);
CREATE INDEX ix_credit_warnings_raised_at ON credit_warnings (district, raised_at);
CREATE INDEX ix_credit_classes_history_known_from ON credit_classes_history (district, known_from);
"""

_APPEND_ONLY = ("replica_entities_history", "indicator_proposals", "indicator_decisions", "credit_warnings")


def upgrade() -> None:
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        protect_district(table)


def downgrade() -> None:
    raise RuntimeError("the journal is not taken back: restore a backup")
