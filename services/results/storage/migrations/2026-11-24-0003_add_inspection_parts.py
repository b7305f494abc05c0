"""Evidence, signatures, third parties, visit codes and ratings, contacts, leads, undrawn checks, offline entries."""

from alembic import op

from shared.runtime.rls import protect_table

revision = "results_0003"
down_revision = "results_0002"
branch_labels = None
depends_on = None

_GROWN = """
ALTER TABLE replica_tasks ADD COLUMN window_start date, ADD COLUMN window_end date;
ALTER TABLE replica_visits ADD COLUMN origin text NOT NULL DEFAULT 'draw', ADD COLUMN lead_id uuid,
    ADD COLUMN reinspects_id uuid, ADD COLUMN basis text NOT NULL DEFAULT '';
ALTER TABLE inspection_records ADD COLUMN origin text NOT NULL DEFAULT 'draw';
CREATE INDEX ix_inspection_records_entity ON inspection_records (district, entity_id);
ALTER TABLE recordings ADD COLUMN remote_mismatch text, ADD COLUMN remote_notified_on date,
    ADD COLUMN remote_corrected_on date, ADD COLUMN remote_rechecked_on date;
ALTER TABLE recording_items ADD COLUMN item_code text, ADD COLUMN list_version integer;
CREATE TABLE recording_third_parties (
    district text NOT NULL,
    record_id uuid NOT NULL,
    revision integer NOT NULL,
    ordinal integer NOT NULL,
    name text NOT NULL,
    qualification text NOT NULL,
    scope text NOT NULL,
    cost_fen bigint NOT NULL,
    payer text NOT NULL,
    report_title text NOT NULL,
    report_no text NOT NULL,
    report_received_on date,
    report_digest text,
    CONSTRAINT pk_recording_third_parties PRIMARY KEY (district, record_id, revision, ordinal),
    CONSTRAINT ck_recording_third_parties_cost CHECK (cost_fen >= 0)
)
"""

_PARTS = """
CREATE TABLE record_evidence (
    district text NOT NULL,
    record_id uuid NOT NULL,
    digest text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    is_personal boolean NOT NULL,
    item_id uuid,
    taken_at timestamptz NOT NULL,
    taken_until timestamptz,
    place text NOT NULL,
    device text NOT NULL,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT pk_record_evidence PRIMARY KEY (district, record_id, digest)
);
CREATE TABLE record_signatures (
    district text NOT NULL,
    record_id uuid NOT NULL,
    ordinal integer NOT NULL,
    revision integer NOT NULL,
    content_digest text NOT NULL,
    role text NOT NULL,
    decision text NOT NULL,
    inspector_id uuid,
    signatory bytea,
    capacity text NOT NULL,
    reason text NOT NULL,
    signed_by text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT pk_record_signatures PRIMARY KEY (district, record_id, ordinal)
);
CREATE TABLE repeat_explanations (
    district text NOT NULL,
    record_id uuid NOT NULL,
    inspector_id uuid NOT NULL,
    explanation text NOT NULL,
    explained_by text NOT NULL,
    explained_at timestamptz NOT NULL,
    CONSTRAINT pk_repeat_explanations PRIMARY KEY (district, record_id, inspector_id)
);
CREATE TABLE offline_entries (
    district text NOT NULL,
    record_id uuid NOT NULL,
    client_record_id uuid NOT NULL,
    content_digest text NOT NULL,
    captured_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    reason text NOT NULL,
    sent_by text NOT NULL,
    CONSTRAINT pk_offline_entries PRIMARY KEY (district, record_id)
);
CREATE UNIQUE INDEX uq_offline_entries_client_record_id ON offline_entries (district, client_record_id)
"""

_OWNED = """
CREATE TABLE visit_codes (
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    visit_id uuid NOT NULL,
    code text NOT NULL,
    issued_at timestamptz NOT NULL,
    first_opened_at timestamptz,
    CONSTRAINT pk_visit_codes PRIMARY KEY (district, visit_id),
    CONSTRAINT uq_visit_codes_code UNIQUE (district, code)
);
CREATE TABLE visit_ratings (
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    visit_id uuid NOT NULL,
    stars integer NOT NULL,
    showed_certificates boolean NOT NULL,
    asked_outside boolean NOT NULL,
    comment bytea,
    rated_at timestamptz NOT NULL,
    CONSTRAINT pk_visit_ratings PRIMARY KEY (district, visit_id),
    CONSTRAINT ck_visit_ratings_stars CHECK (stars BETWEEN 1 AND 5)
);
CREATE TABLE contacts (
    district text NOT NULL,
    owner_department text NOT NULL,
    id uuid NOT NULL,
    entity_id uuid NOT NULL,
    kind text NOT NULL,
    level text NOT NULL,
    on_site boolean NOT NULL,
    is_enforcement boolean NOT NULL,
    happened_on date NOT NULL,
    people integer NOT NULL,
    purpose text NOT NULL,
    third_party text NOT NULL,
    visit_id uuid,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (district, id)
);
CREATE UNIQUE INDEX uq_contacts_visit_id ON contacts (district, visit_id);
CREATE INDEX ix_contacts_entity_id ON contacts (district, entity_id, happened_on);
CREATE TABLE replica_leads (
    district text NOT NULL,
    owner_department text NOT NULL,
    id uuid NOT NULL,
    lead_no text NOT NULL,
    kind text NOT NULL,
    entity_id uuid,
    received_on date NOT NULL,
    due_on date,
    is_closed boolean NOT NULL DEFAULT false,
    CONSTRAINT pk_replica_leads PRIMARY KEY (district, id)
);
CREATE TABLE check_items (
    district text NOT NULL,
    owner_department text NOT NULL,
    visit_id uuid NOT NULL,
    ordinal integer NOT NULL,
    item_id uuid NOT NULL,
    item_name text NOT NULL,
    CONSTRAINT pk_check_items PRIMARY KEY (district, visit_id, item_id)
)
"""

_DISTRICT = "district = current_setting('ssj.district', true)"
_DEPARTMENT = "current_setting('ssj.department', true)"
_WORKER = "current_setting('ssj.worker', true) = 'on'"
_READS_ALL = "current_setting('ssj.reads_all', true) = 'on'"
_OFFICE = "current_setting('ssj.joint_office', true) = 'on'"


def _protect_part(table: str) -> None:
    """As the contents of 0001: the owner always, the visit's other departments once submitted. Append-only."""
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


def upgrade() -> None:
    for statement in (_GROWN + ";\n" + _PARTS + ";\n" + _OWNED).split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in (
        "recording_third_parties",
        "record_evidence",
        "record_signatures",
        "repeat_explanations",
        "offline_entries",
    ):
        _protect_part(table)
    for table in ("visit_codes", "visit_ratings"):
        protect_table(table, participants=True)
        op.execute(f"CREATE POLICY {table}_office ON {table} FOR SELECT USING ({_DISTRICT} AND {_OFFICE})")
    for table in ("contacts", "replica_leads", "check_items"):
        protect_table(table)
    # One ledger of all contacts with a firm (B17): without the others' contacts a department cannot heed a cap.
    op.execute(f"CREATE POLICY contacts_ledger ON contacts FOR SELECT USING ({_DISTRICT})")


def downgrade() -> None:
    raise RuntimeError("evidence and signatures are kept")
