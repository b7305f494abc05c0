"""Leads (案件线索) and their history (S1, S3)."""

from services.planning.storage.policies import append_only, follow_parent, run_statements
from shared.runtime.rls import protect_table

revision = "planning_0006"
down_revision = "planning_0005"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE leads (
    id uuid NOT NULL,
    district text NOT NULL,
    lead_no text NOT NULL,
    kind text NOT NULL,
    owner_department text NOT NULL,
    received_on date NOT NULL,
    summary text NOT NULL,
    source_no text,
    entity_id uuid,
    place text,
    missing text[] NOT NULL,
    state text NOT NULL,
    row_version integer NOT NULL,
    registered_at timestamptz NOT NULL,
    due_on date,
    checked_on date,
    finding text,
    outcome text,
    disposal text,
    result_ids uuid[] NOT NULL,
    plan_id uuid,
    closed_at timestamptz,
    CONSTRAINT pk_leads PRIMARY KEY (district, id),
    CONSTRAINT uq_leads_lead_no UNIQUE (district, lead_no),
    CONSTRAINT ck_leads_closed CHECK ((state = 'closed') = (outcome IS NOT NULL))
);
CREATE TABLE leads_history (
    district text NOT NULL,
    lead_id uuid NOT NULL,
    row_version integer NOT NULL,
    act text NOT NULL,
    state text NOT NULL,
    remark text,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_leads_history PRIMARY KEY (district, lead_id, row_version)
);
"""


def upgrade() -> None:
    run_statements(_TABLES)
    protect_table("leads", office_writes=True)
    follow_parent("leads_history", "leads", "lead_id")
    append_only("leads_history")


def downgrade() -> None:
    raise RuntimeError("leads are not undone: restore a backup")
