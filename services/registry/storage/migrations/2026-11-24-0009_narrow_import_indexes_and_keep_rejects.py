"""A million new objects cost two indexes, not three; rejected rows are kept sealed, re-sends name their job.

Who looks for the rows of a change set needs an index only on what was not written by COPY: the new rows of an import
lie between two ids that its change set names. `import_expiries` has no policy, like `import_queue`: it holds ids only
and the worker clears up in every district.
"""

from alembic import op

from services.registry.storage.statements import execute_each
from shared.runtime.rls import protect_table

revision = "registry_0009"
down_revision = "registry_0008"
branch_labels = None
depends_on = None

_ROWS = """
ALTER TABLE entities ADD COLUMN is_copied boolean NOT NULL DEFAULT false;
ALTER TABLE entities_past ADD COLUMN is_copied boolean NOT NULL DEFAULT false;
CREATE OR REPLACE VIEW entities_history WITH (security_invoker = true) AS
    SELECT * FROM entities UNION ALL SELECT * FROM entities_past;
DROP INDEX ix_entities_all_change_set_id;
CREATE INDEX ix_entities_all_change_set_id ON entities (district, change_set_id, id) WHERE version > 1 OR NOT is_copied;
ALTER TABLE change_sets ADD COLUMN first_id uuid;
ALTER TABLE change_sets ADD COLUMN last_id uuid;
"""
_JOBS = """
ALTER TABLE import_jobs ADD COLUMN resend_of uuid;
ALTER TABLE import_jobs ADD COLUMN as_of timestamptz;
ALTER TABLE import_jobs ADD COLUMN header text[] NOT NULL DEFAULT '{}';
CREATE INDEX ix_import_jobs_resend_of ON import_jobs (district, resend_of) WHERE resend_of IS NOT NULL;
CREATE TABLE import_rejects (
    district text NOT NULL,
    owner_department text NOT NULL,
    job_id uuid NOT NULL,
    line integer NOT NULL,
    cells bytea NOT NULL,
    CONSTRAINT pk_import_rejects PRIMARY KEY (district, job_id, line)
);
CREATE TABLE import_progress (
    district text NOT NULL,
    owner_department text NOT NULL,
    job_id uuid NOT NULL,
    done bigint NOT NULL,
    total bigint NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT pk_import_progress PRIMARY KEY (district, job_id)
);
CREATE TABLE import_expiries (
    job_id uuid CONSTRAINT pk_import_expiries PRIMARY KEY,
    district text NOT NULL,
    file_digest text NOT NULL,
    due_at timestamptz NOT NULL
);
CREATE INDEX ix_import_expiries_due_at ON import_expiries (due_at);
CREATE INDEX ix_import_expiries_file_digest ON import_expiries (file_digest);
"""


def upgrade() -> None:
    execute_each(_ROWS)
    execute_each(_JOBS)
    for table in ("import_rejects", "import_progress"):
        protect_table(table, office_writes=True)
    op.execute(
        "CREATE POLICY import_rejects_end ON import_rejects FOR DELETE"
        " USING (district = current_setting('ssj.district', true) AND current_setting('ssj.worker', true) = 'on')"
    )


def downgrade() -> None:
    raise RuntimeError("rejected rows and what was written without an index entry would be lost: restore instead")
