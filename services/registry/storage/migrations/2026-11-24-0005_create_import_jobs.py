"""Import jobs, what was found wrong in their files, and the queue the worker takes them from."""

from alembic import op

from services.registry.storage.statements import execute_each
from shared.runtime.rls import protect_table

revision = "registry_0005"
down_revision = "registry_0004"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE import_jobs (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    owner_department text NOT NULL,
    scope_department text,
    kind text NOT NULL,
    file_digest text NOT NULL,
    file_name text,
    format text NOT NULL,
    encoding text NOT NULL,
    mapping jsonb NOT NULL,
    defaults jsonb NOT NULL,
    mode text NOT NULL,
    is_preview boolean NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    counts jsonb,
    ignored_headers text[] NOT NULL,
    change_set_id uuid,
    failure_code text,
    failure_message text,
    finished_at timestamptz,
    CONSTRAINT pk_import_jobs PRIMARY KEY (district, id)
);
CREATE TABLE import_findings (
    district text NOT NULL,
    owner_department text NOT NULL,
    job_id uuid NOT NULL,
    place integer NOT NULL,
    line integer NOT NULL,
    outcome text NOT NULL,
    field text NOT NULL,
    value text,
    code text NOT NULL,
    message text NOT NULL,
    CONSTRAINT pk_import_findings PRIMARY KEY (district, job_id, place)
);
CREATE TABLE import_queue (
    job_id uuid CONSTRAINT pk_import_queue PRIMARY KEY,
    district text NOT NULL
);
"""


def upgrade() -> None:
    """The queue has no policy: it holds ids only, and the worker looks for work of every district."""
    execute_each(_TABLES)
    for table in ("import_jobs", "import_findings"):
        protect_table(table, office_writes=True)
    op.execute(
        "CREATE POLICY import_findings_redo ON import_findings FOR DELETE"
        " USING (district = current_setting('ssj.district', true) AND current_setting('ssj.worker', true) = 'on')"
    )


def downgrade() -> None:
    execute_each("DROP TABLE import_queue;\nDROP TABLE import_findings;\nDROP TABLE import_jobs")
