"""Decisions on lists by two persons, measures by two persons, feedback of executing departments, and repairs.

Rows are only ever added: a proposal and its decision are two rows, a repair has a row a version.
"""

from alembic import op

from shared.runtime.rls import protect_district, protect_table

revision = "credit_0004"
down_revision = "credit_0003"
branch_labels = None
depends_on = None

_STATEMENTS = """
CREATE TABLE measure_proposals (
    district text NOT NULL,
    id uuid NOT NULL,
    body text NOT NULL,
    note text NOT NULL,
    based_on integer,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT pk_measure_proposals PRIMARY KEY (district, id)
);
CREATE TABLE measure_decisions (
    district text NOT NULL,
    proposal_id uuid NOT NULL,
    state text NOT NULL,
    version integer,
    reason text,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT pk_measure_decisions PRIMARY KEY (district, proposal_id)
);
CREATE TABLE listing_proposals (
    district text NOT NULL,
    id uuid NOT NULL,
    owner_department text NOT NULL,
    kind text NOT NULL,
    entity_id uuid NOT NULL,
    list_code text NOT NULL,
    listing_id uuid,
    body text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT pk_listing_proposals PRIMARY KEY (district, id)
);
CREATE INDEX ix_listing_proposals_proposed_at ON listing_proposals (district, proposed_at, id);
CREATE TABLE listing_decisions (
    district text NOT NULL,
    proposal_id uuid NOT NULL,
    owner_department text NOT NULL,
    state text NOT NULL,
    reason text,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT pk_listing_decisions PRIMARY KEY (district, proposal_id)
);
CREATE TABLE measure_feedbacks (
    district text NOT NULL,
    id uuid NOT NULL,
    owner_department text NOT NULL,
    flag_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    area text NOT NULL,
    measure_code text NOT NULL,
    outcome text NOT NULL,
    taken_on date NOT NULL,
    text text NOT NULL,
    reported_by text NOT NULL,
    reported_at timestamptz NOT NULL,
    CONSTRAINT pk_measure_feedbacks PRIMARY KEY (district, id)
);
CREATE INDEX ix_measure_feedbacks_reported_at ON measure_feedbacks (district, reported_at, id);
CREATE INDEX ix_measure_feedbacks_flag_id ON measure_feedbacks (district, flag_id);
CREATE TABLE repairs (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    owner_department text NOT NULL,
    entity_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    body text NOT NULL,
    applied_at timestamptz NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_repairs PRIMARY KEY (district, id, version)
);
CREATE INDEX ix_repairs_applied_at ON repairs (district, applied_at, id, version);
CREATE INDEX ix_repairs_entity_id ON repairs (district, entity_id);
"""
_OF_DISTRICT = ("measure_proposals", "measure_decisions")
_OF_DEPARTMENTS = ("listing_proposals", "listing_decisions", "measure_feedbacks", "repairs")


def upgrade() -> None:
    for statement in _STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in (*_OF_DISTRICT, *_OF_DEPARTMENTS):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in _OF_DISTRICT:
        protect_district(table)
    for table in _OF_DEPARTMENTS:
        protect_table(table, office_writes=True)


def downgrade() -> None:
    raise RuntimeError("decisions are not taken back: restore a backup")
