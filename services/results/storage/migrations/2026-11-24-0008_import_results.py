"""Results of other channels: batches, their records and what became of each; which result a record became."""

from alembic import op

from shared.runtime.rls import protect_table

revision = "results_0008"
down_revision = "results_0007"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
CREATE TABLE result_imports (
    district text NOT NULL,
    owner_department text NOT NULL,
    id uuid NOT NULL,
    source text NOT NULL,
    filed_by text NOT NULL,
    inspector_id uuid,
    filed_at timestamptz NOT NULL,
    CONSTRAINT pk_result_imports PRIMARY KEY (district, id)
)
""",
    """
CREATE TABLE result_import_rows (
    district text NOT NULL,
    owner_department text NOT NULL,
    import_id uuid NOT NULL,
    number integer NOT NULL,
    record_no text NOT NULL,
    visit_id uuid,
    content jsonb,
    state text NOT NULL,
    result_id uuid,
    code text,
    field text,
    message text,
    CONSTRAINT pk_result_import_rows PRIMARY KEY (district, import_id, number)
)
""",
    "CREATE INDEX ix_result_import_rows_pending ON result_import_rows (district, import_id, number)"
    " WHERE state = 'pending'",
    """
CREATE TABLE imported_records (
    district text NOT NULL,
    owner_department text NOT NULL,
    source text NOT NULL,
    record_no text NOT NULL,
    result_id uuid NOT NULL,
    digest text NOT NULL,
    CONSTRAINT pk_imported_records PRIMARY KEY (district, owner_department, source, record_no)
)
""",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    for table in ("result_imports", "result_import_rows", "imported_records"):
        protect_table(table)


def downgrade() -> None:
    raise RuntimeError("what was sent is kept: restore a backup")
