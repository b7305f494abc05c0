"""The runtime's tables; visits heard of, inspection records, their contents, what became public, vocabularies."""

from alembic import op

from shared.runtime.rls import protect_district, protect_table
from shared.runtime.tables import create_runtime_tables

revision = "results_0001"
down_revision = None
branch_labels = None
depends_on = None

_REPLICAS = """
CREATE TABLE replica_tasks (
    id uuid NOT NULL,
    district text NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT pk_replica_tasks PRIMARY KEY (district, id)
);
CREATE TABLE replica_visits (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    draw_id uuid NOT NULL,
    task_id uuid NOT NULL,
    task_no text NOT NULL,
    plan_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    window_start date NOT NULL,
    window_end date NOT NULL,
    state text NOT NULL,
    reason text NOT NULL DEFAULT '',
    substitute_visit_id uuid,
    aggregate_version integer NOT NULL,
    CONSTRAINT pk_replica_visits PRIMARY KEY (district, id)
);
CREATE INDEX ix_replica_visits_draw_id ON replica_visits (district, draw_id);
CREATE INDEX ix_replica_visits_task_id ON replica_visits (district, task_id);
"""

_RECORDS = """
CREATE TABLE inspection_records (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    visit_id uuid NOT NULL,
    task_id uuid NOT NULL,
    task_no text NOT NULL,
    plan_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    inspector_ids uuid[] NOT NULL,
    item_ids uuid[] NOT NULL,
    window_start date NOT NULL,
    window_end date NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    revision integer NOT NULL,
    recorded_by text NOT NULL DEFAULT '',
    recorder_id uuid,
    present_ids uuid[] NOT NULL DEFAULT '{}',
    outcome text,
    concluded_on date,
    due_on date,
    due_is_provisional boolean NOT NULL DEFAULT false,
    has_listing boolean NOT NULL DEFAULT false,
    told_outcome text,
    told_concluded_on date,
    reviewed_by text NOT NULL DEFAULT '',
    public_version integer NOT NULL DEFAULT 0,
    published_at timestamptz,
    CONSTRAINT pk_inspection_records PRIMARY KEY (district, id),
    CONSTRAINT uq_inspection_records_visit UNIQUE (district, visit_id, owner_department)
);
CREATE INDEX ix_inspection_records_task ON inspection_records (district, task_id);
CREATE INDEX ix_inspection_records_department ON inspection_records (district, owner_department, state);
CREATE INDEX ix_inspection_records_inspectors ON inspection_records USING gin (inspector_ids);
CREATE INDEX ix_inspection_records_due ON inspection_records
    (district, coalesce(due_on, date '9999-12-31'), id) WHERE revision > 0;
CREATE TABLE inspection_records_history (
    district text NOT NULL,
    record_id uuid NOT NULL,
    version integer NOT NULL,
    act text NOT NULL,
    state text NOT NULL,
    detail text NOT NULL,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_inspection_records_history PRIMARY KEY (district, record_id, version)
);
"""

_CONTENTS = """
CREATE TABLE recordings (
    district text NOT NULL,
    record_id uuid NOT NULL,
    revision integer NOT NULL,
    method text NOT NULL,
    place text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    concluded_on date,
    outcome text NOT NULL,
    note text NOT NULL,
    list_code text,
    list_ground text,
    list_document_no text,
    list_authority text,
    list_decided_on date,
    list_ends_on date,
    entity_id uuid NOT NULL,
    entity_name text NOT NULL,
    entity_uscc text,
    entity_kind text NOT NULL,
    vocabulary_version integer NOT NULL,
    public_content text,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_recordings PRIMARY KEY (district, record_id, revision)
);
CREATE TABLE recording_officers (
    district text NOT NULL,
    record_id uuid NOT NULL,
    revision integer NOT NULL,
    ordinal integer NOT NULL,
    inspector_id uuid NOT NULL,
    department text NOT NULL,
    certificate_no text NOT NULL,
    valid_until date,
    status text NOT NULL,
    is_valid boolean NOT NULL,
    CONSTRAINT pk_recording_officers PRIMARY KEY (district, record_id, revision, inspector_id)
);
CREATE TABLE recording_items (
    district text NOT NULL,
    record_id uuid NOT NULL,
    revision integer NOT NULL,
    ordinal integer NOT NULL,
    item_id uuid NOT NULL,
    item_name text NOT NULL,
    CONSTRAINT pk_recording_items PRIMARY KEY (district, record_id, revision, item_id)
);
CREATE TABLE recording_outcomes (
    district text NOT NULL,
    record_id uuid NOT NULL,
    revision integer NOT NULL,
    ordinal integer NOT NULL,
    item_id uuid NOT NULL,
    outcome_code text NOT NULL,
    CONSTRAINT pk_recording_outcomes PRIMARY KEY (district, record_id, revision, item_id, outcome_code)
);
CREATE TABLE recording_findings (
    district text NOT NULL,
    record_id uuid NOT NULL,
    revision integer NOT NULL,
    ordinal integer NOT NULL,
    item_id uuid NOT NULL,
    outcome_code text NOT NULL,
    text text NOT NULL,
    severity integer NOT NULL,
    CONSTRAINT pk_recording_findings PRIMARY KEY (district, record_id, revision, ordinal),
    CONSTRAINT ck_recording_findings_severity CHECK (severity BETWEEN 1 AND 5)
);
CREATE TABLE recording_references (
    district text NOT NULL,
    record_id uuid NOT NULL,
    revision integer NOT NULL,
    ordinal integer NOT NULL,
    issuer text NOT NULL,
    title text NOT NULL,
    document_no text NOT NULL,
    dated_on date NOT NULL,
    CONSTRAINT pk_recording_references PRIMARY KEY (district, record_id, revision, ordinal)
);
"""

_PUBLIC = """
CREATE TABLE result_versions (
    district text NOT NULL,
    record_id uuid NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    body text NOT NULL,
    digest text NOT NULL,
    told_by text NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT pk_result_versions PRIMARY KEY (district, record_id, version)
);
CREATE TABLE vocabularies (
    district text NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    source text NOT NULL,
    effective_on date NOT NULL,
    CONSTRAINT pk_vocabularies PRIMARY KEY (district, name, version)
);
CREATE TABLE vocabulary_codes (
    district text NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    ordinal integer NOT NULL,
    code text NOT NULL,
    text text NOT NULL,
    parent text,
    kind text NOT NULL,
    needs_follow_up boolean NOT NULL DEFAULT false,
    visit_outcome text,
    CONSTRAINT pk_vocabulary_codes PRIMARY KEY (district, name, version, code)
);
"""

_PARTS = (
    "inspection_records_history",
    "recordings",
    "recording_officers",
    "recording_items",
    "recording_outcomes",
    "recording_findings",
    "recording_references",
)
_DISTRICT = "district = current_setting('ssj.district', true)"
_DEPARTMENT = "current_setting('ssj.department', true)"
_WORKER = "current_setting('ssj.worker', true) = 'on'"
_READS_ALL = "current_setting('ssj.reads_all', true) = 'on'"
_OFFICE = "current_setting('ssj.joint_office', true) = 'on'"


def _protect_part(table: str) -> None:
    """Contents follow their record: the owner always; the other departments of the visit once it is submitted
    (架构 Identity: drafts are the owner's only). Append-only: there is no UPDATE or DELETE policy."""
    owner = f"r.owner_department = {_DEPARTMENT} OR {_WORKER}"
    shared = f"r.state NOT IN ('assigned', 'draft', 'returned') AND {_DEPARTMENT} = ANY (r.participants)"
    parent = f"SELECT FROM inspection_records r WHERE r.district = {table}.district AND r.id = {table}.record_id AND "
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    read = f"{_DISTRICT} AND EXISTS ({parent} ({owner} OR {_READS_ALL} OR {shared}))"
    op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})")
    op.execute(
        f"CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({_DISTRICT} AND EXISTS ({parent} ({owner})))"
    )


def _protect_vocabulary(table: str) -> None:
    """District `*` is everybody's; a district may add versions of its own."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT USING (district = '*' OR {_DISTRICT})")
    op.execute(f"CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK ({_DISTRICT})")


def upgrade() -> None:
    create_runtime_tables()
    for statement in (_REPLICAS + _RECORDS + _CONTENTS + _PUBLIC).split(";\n"):
        if statement.strip():
            op.execute(statement)
    protect_district("replica_tasks")
    protect_district("result_versions")
    for table in ("replica_visits", "inspection_records"):
        protect_table(table, participants=True)
        # The joint office (联席会议办公室) sees how every visit stands, never what was written (D5).
        op.execute(f"CREATE POLICY {table}_office ON {table} FOR SELECT USING ({_DISTRICT} AND {_OFFICE})")
    for table in _PARTS:
        _protect_part(table)
    for table in ("vocabularies", "vocabulary_codes"):
        _protect_vocabulary(table)


def downgrade() -> None:
    raise RuntimeError("the first revision is not undone: drop the database")
