"""Draws as the log tells them with their lists, statements of enterprises, data-error tickets (纠错工单)."""

from alembic import op

from shared.runtime.rls import protect_district, protect_table

revision = "disclosure_0002"
down_revision = "disclosure_0001"
branch_labels = None
depends_on = None

_DRAWS = """
CREATE TABLE draw_documents (
    district text NOT NULL,
    log_seq integer NOT NULL,
    draw_id uuid NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    digest text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT pk_draw_documents PRIMARY KEY (district, log_seq)
);
CREATE INDEX ix_draw_documents_draw_id ON draw_documents (district, draw_id, log_seq);

CREATE TABLE draws (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
    title text NOT NULL,
    state text NOT NULL,
    pool_size bigint NOT NULL,
    drawn integer,
    replaces uuid,
    window_end date NOT NULL,
    committed_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    last_seq integer NOT NULL,
    side_seq integer NOT NULL DEFAULT 0,
    side text NOT NULL DEFAULT '{}',
    CONSTRAINT pk_draws PRIMARY KEY (district, draw_id)
);
CREATE INDEX ix_draws_committed_at ON draws (district, committed_at DESC, draw_id DESC);
CREATE INDEX ix_draws_replaces ON draws (district, replaces) WHERE replaces IS NOT NULL;
CREATE INDEX ix_draws_unsettled ON draws (district) WHERE side_seq < last_seq;

CREATE TABLE draw_lists (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    name text NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT pk_draw_lists PRIMARY KEY (district, draw_id, name)
);
ALTER TABLE draw_lists ALTER COLUMN content SET STORAGE EXTERNAL;
"""

_WORDS = """
CREATE TABLE statements (
    district text NOT NULL,
    statement_id uuid NOT NULL,
    result_id uuid NOT NULL,
    result_version integer NOT NULL,
    entity_id uuid NOT NULL,
    text text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT pk_statements PRIMARY KEY (district, statement_id)
);
CREATE INDEX ix_statements_result_id ON statements (district, result_id, published_at);

CREATE TABLE tickets (
    district text NOT NULL,
    owner_department text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    number text COLLATE "C" NOT NULL,
    code_hash bytea NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    words bytea NOT NULL,
    state text NOT NULL,
    opened_at timestamptz NOT NULL,
    due_on date NOT NULL,
    handler text,
    outcome text,
    answer bytea,
    answered_at timestamptz,
    moderator text,
    moderated_at timestamptz,
    is_shown boolean NOT NULL DEFAULT false,
    opinion text NOT NULL DEFAULT '',
    shown_answer text,
    CONSTRAINT pk_tickets PRIMARY KEY (district, id),
    CONSTRAINT uq_tickets_number UNIQUE (district, number),
    CONSTRAINT uq_tickets_code_hash UNIQUE (district, code_hash)
);
CREATE INDEX ix_tickets_subject ON tickets (district, subject_kind, subject_id);
CREATE INDEX ix_tickets_open ON tickets (district, due_on) WHERE state <> 'closed';

CREATE TABLE ticket_answers (
    district text NOT NULL,
    ticket_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    outcome text NOT NULL,
    answer text NOT NULL,
    closed_at timestamptz NOT NULL,
    CONSTRAINT pk_ticket_answers PRIMARY KEY (district, ticket_id)
);
CREATE INDEX ix_ticket_answers_subject ON ticket_answers (district, subject_kind, subject_id, closed_at);

CREATE TABLE tickets_history (
    district text NOT NULL,
    owner_department text NOT NULL,
    ticket_id uuid NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_tickets_history PRIMARY KEY (district, ticket_id, version)
);
"""

_NEVER_CHANGED = """
CREATE FUNCTION refuse_change_of_the_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published is never changed: %', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    for statement in f"{_DRAWS}{_WORDS}".split(";"):
        if statement.strip():
            op.execute(statement)
    op.execute(_NEVER_CHANGED)
    for table in ("draw_documents", "tickets_history"):
        op.execute(
            f"CREATE TRIGGER {table}_stand BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_the_published()"
        )
    for table in ("draw_documents", "draws", "draw_lists", "statements", "ticket_answers"):
        protect_district(table)
    for table in ("tickets", "tickets_history"):
        protect_table(table, office_writes=True)


def downgrade() -> None:
    raise RuntimeError("what the log told is not taken back")
