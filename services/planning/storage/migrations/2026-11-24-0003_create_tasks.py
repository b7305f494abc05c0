"""Tasks, what draw and results told of them, and the progress derived from it."""

from services.planning.storage.policies import append_only, follow_parent, hide_drafts, run_statements
from shared.runtime.rls import protect_district, protect_table

revision = "planning_0003"
down_revision = "planning_0002"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE tasks (
    id uuid NOT NULL,
    district text NOT NULL,
    task_no text NOT NULL,
    title text NOT NULL,
    plan_id uuid NOT NULL,
    plan_no text NOT NULL,
    plan_version integer NOT NULL,
    plan_revision integer NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    library_id uuid NOT NULL,
    library_version integer NOT NULL,
    ratios integer[] NOT NULL,
    visit_caps integer[],
    window_start date NOT NULL,
    window_end date NOT NULL,
    method text NOT NULL,
    lifecycle text NOT NULL,
    row_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    issued_at timestamptz,
    cancelled_at timestamptz,
    cancel_reason text,
    CONSTRAINT pk_tasks PRIMARY KEY (district, id),
    CONSTRAINT uq_tasks_task_no UNIQUE (district, task_no)
);
CREATE INDEX ix_tasks_plan_id ON tasks (district, plan_id);
CREATE TABLE task_departments (
    district text NOT NULL,
    task_id uuid NOT NULL,
    place integer NOT NULL,
    department text NOT NULL,
    item_ids uuid[] NOT NULL,
    officers integer NOT NULL,
    officer_tags text[] NOT NULL,
    experts integer NOT NULL,
    CONSTRAINT pk_task_departments PRIMARY KEY (district, task_id, department),
    CONSTRAINT ck_task_departments_officers CHECK (officers >= 2)
);
CREATE TABLE tasks_history (
    district text NOT NULL,
    task_id uuid NOT NULL,
    row_version integer NOT NULL,
    act text NOT NULL,
    lifecycle text NOT NULL,
    remark text,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_tasks_history PRIMARY KEY (district, task_id, row_version)
);
CREATE TABLE replica_draws (
    district text NOT NULL,
    draw_id uuid NOT NULL,
    task_id uuid NOT NULL,
    committed_at timestamptz,
    completed_at timestamptz,
    visits integer,
    voided_at timestamptz,
    void_reason text,
    CONSTRAINT pk_replica_draws PRIMARY KEY (district, draw_id)
);
CREATE INDEX ix_replica_draws_task_id ON replica_draws (district, task_id);
CREATE TABLE replica_visits (
    district text NOT NULL,
    visit_id uuid NOT NULL,
    draw_id uuid NOT NULL,
    task_id uuid NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    entity_id uuid NOT NULL,
    assigned_at timestamptz NOT NULL,
    substitute_visit_id uuid,
    substituted_at timestamptz,
    CONSTRAINT pk_replica_visits PRIMARY KEY (district, visit_id)
);
CREATE INDEX ix_replica_visits_task_id ON replica_visits (district, task_id);
CREATE TABLE replica_results (
    district text NOT NULL,
    result_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    task_id uuid NOT NULL,
    department text NOT NULL,
    state text NOT NULL,
    CONSTRAINT pk_replica_results PRIMARY KEY (district, result_id)
);
CREATE INDEX ix_replica_results_task_id ON replica_results (district, task_id);
CREATE TABLE task_progress (
    district text NOT NULL,
    task_id uuid NOT NULL,
    stage text NOT NULL,
    is_committed boolean NOT NULL,
    is_drawn boolean NOT NULL,
    visits_expected integer NOT NULL,
    visits_heard integer NOT NULL,
    visits_substituted integer NOT NULL,
    parts_due integer NOT NULL,
    parts_recorded integer NOT NULL,
    parts_published integer NOT NULL,
    derived_at timestamptz NOT NULL,
    CONSTRAINT pk_task_progress PRIMARY KEY (district, task_id)
);
CREATE INDEX ix_task_progress_stage ON task_progress (district, stage);
"""


def upgrade() -> None:
    run_statements(_TABLES)
    protect_table("tasks", participants=True, office_writes=True)
    hide_drafts("tasks", "lifecycle")
    follow_parent("task_departments", "tasks", "task_id")
    follow_parent("tasks_history", "tasks", "task_id")
    for table in ("task_departments", "tasks_history"):
        append_only(table)
    protect_table("replica_visits", participants=True, office_writes=True)
    for table in ("replica_draws", "replica_results", "task_progress"):
        protect_district(table)


def downgrade() -> None:
    raise RuntimeError("tasks are not undone: restore a backup")
