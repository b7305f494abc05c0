"""Plans: the head, every saving of the content, and the versions that became public."""

from services.planning.storage.policies import (
    append_only,
    follow_parent,
    hide_drafts,
    hide_without,
    open_when,
    run_statements,
)
from shared.runtime.rls import protect_district, protect_table

revision = "planning_0002"
down_revision = "planning_0001"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE plans (
    id uuid NOT NULL,
    district text NOT NULL,
    plan_no text NOT NULL,
    year integer NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    title text NOT NULL,
    version integer NOT NULL,
    revision integer NOT NULL,
    row_version integer NOT NULL,
    state text NOT NULL,
    filers text[] NOT NULL,
    remark text,
    reason text,
    in_force_version integer,
    in_force_revision integer,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_plans PRIMARY KEY (district, id),
    CONSTRAINT uq_plans_plan_no UNIQUE (district, plan_no)
);
CREATE INDEX ix_plans_year ON plans (district, year, plan_no);
CREATE TABLE plans_history (
    district text NOT NULL,
    plan_id uuid NOT NULL,
    row_version integer NOT NULL,
    act text NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    revision integer NOT NULL,
    remark text,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_plans_history PRIMARY KEY (district, plan_id, row_version)
);
CREATE TABLE plan_contents (
    district text NOT NULL,
    plan_id uuid NOT NULL,
    revision integer NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    title text NOT NULL,
    library_id uuid NOT NULL,
    library_version integer NOT NULL,
    ratios integer[] NOT NULL,
    visit_caps integer[],
    window_start date NOT NULL,
    window_end date NOT NULL,
    method text NOT NULL,
    sole_ground text,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL,
    CONSTRAINT pk_plan_contents PRIMARY KEY (district, plan_id, revision),
    CONSTRAINT ck_plan_contents_window CHECK (window_start <= window_end),
    CONSTRAINT ck_plan_contents_ratios CHECK (
        ratios[1] <= ratios[2] AND ratios[2] <= ratios[3] AND ratios[3] <= ratios[4])
);
CREATE TABLE plan_items (
    district text NOT NULL,
    plan_id uuid NOT NULL,
    revision integer NOT NULL,
    place integer NOT NULL,
    item_id uuid NOT NULL,
    list_id uuid NOT NULL,
    list_version integer NOT NULL,
    department text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    level text NOT NULL,
    ratio_cap_ppm integer,
    CONSTRAINT pk_plan_items PRIMARY KEY (district, plan_id, revision, item_id)
);
CREATE TABLE plan_versions (
    district text NOT NULL,
    plan_id uuid NOT NULL,
    version integer NOT NULL,
    revision integer NOT NULL,
    reason text,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT pk_plan_versions PRIMARY KEY (district, plan_id, version)
);
"""
_PUBLIC = (
    "EXISTS (SELECT FROM plan_versions v WHERE v.district = plan_contents.district"
    " AND v.plan_id = plan_contents.plan_id AND v.revision = plan_contents.revision)"
)


def upgrade() -> None:
    run_statements(_TABLES)
    protect_table("plans", participants=True, office_writes=True)
    open_when("plans", "in_force_version IS NOT NULL")
    hide_drafts("plans", "state")
    protect_district("plan_versions")
    follow_parent("plans_history", "plans", "plan_id")
    protect_table("plan_contents", participants=True, office_writes=True)
    open_when("plan_contents", _PUBLIC)
    hide_without("plan_contents", "plans", "plan_id")
    follow_parent("plan_items", "plan_contents", "plan_id", also="revision")
    for table in ("plans_history", "plan_contents", "plan_items", "plan_versions"):
        append_only(table)


def downgrade() -> None:
    raise RuntimeError("plans are not undone: restore a backup")
