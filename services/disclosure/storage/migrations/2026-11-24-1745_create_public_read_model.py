"""The runtime's tables and the public read model: what was told in public, version by version, and what is shown of it.

Facts are kept as they came, a row each, so that their order of arrival does not matter; `results` and `entities` are
folded from them. `search_names` stands outside row-level security (comment below). Columns are reviewed in
`docs/security/disclosure-columns.toml`.
"""

from alembic import op

from shared.runtime.rls import protect_district
from shared.runtime.tables import create_runtime_tables

revision = "disclosure_0001"
down_revision = None
branch_labels = None
depends_on = None

_PLANS = """
CREATE TABLE departments (
    district text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    short_name text NOT NULL,
    uscc text,
    CONSTRAINT pk_departments PRIMARY KEY (district, code)
);

CREATE TABLE item_lists (
    district text NOT NULL,
    item_list_id uuid NOT NULL,
    version integer NOT NULL,
    department text NOT NULL,
    year integer NOT NULL,
    item_count integer NOT NULL,
    tier text NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT pk_item_lists PRIMARY KEY (district, item_list_id, version)
);

CREATE TABLE plan_versions (
    district text NOT NULL,
    plan_id uuid NOT NULL,
    version integer NOT NULL,
    plan_no text COLLATE "C" NOT NULL,
    year integer NOT NULL,
    title text NOT NULL,
    initiator text NOT NULL,
    participants text[] NOT NULL,
    window_start date NOT NULL,
    window_end date NOT NULL,
    published_at timestamptz NOT NULL,
    reason text,
    body text NOT NULL,
    digest text NOT NULL,
    CONSTRAINT pk_plan_versions PRIMARY KEY (district, plan_id, version)
);
CREATE INDEX ix_plan_versions_plan_no ON plan_versions (district, plan_no);

CREATE TABLE plan_ends (
    district text NOT NULL,
    plan_id uuid NOT NULL,
    version integer NOT NULL,
    reason text NOT NULL,
    cancelled_at timestamptz NOT NULL,
    merged_into uuid,
    CONSTRAINT pk_plan_ends PRIMARY KEY (district, plan_id)
);

CREATE TABLE tasks (
    district text NOT NULL,
    task_id uuid NOT NULL,
    task_no text COLLATE "C" NOT NULL,
    title text NOT NULL,
    plan_id uuid NOT NULL,
    plan_no text NOT NULL,
    initiator text NOT NULL,
    window_start date NOT NULL,
    window_end date NOT NULL,
    issued_at timestamptz NOT NULL,
    body text NOT NULL,
    CONSTRAINT pk_tasks PRIMARY KEY (district, task_id)
);
CREATE INDEX ix_tasks_task_no ON tasks (district, task_no);
CREATE INDEX ix_tasks_plan_id ON tasks (district, plan_id);

CREATE TABLE task_changes (
    district text NOT NULL,
    task_id uuid NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    window_start date,
    window_end date,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_task_changes PRIMARY KEY (district, task_id, version)
);
"""

_RESULTS = """
CREATE TABLE result_versions (
    district text NOT NULL,
    result_id uuid NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    entity_id uuid,
    body text,
    reason text,
    digest text NOT NULL,
    told_at timestamptz NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT pk_result_versions PRIMARY KEY (district, result_id, version)
);
CREATE INDEX ix_result_versions_seq ON result_versions (district, seq);

CREATE TABLE result_exemptions (
    district text NOT NULL,
    result_id uuid NOT NULL,
    department text NOT NULL,
    ground text NOT NULL,
    exempted_on date NOT NULL,
    CONSTRAINT pk_result_exemptions PRIMARY KEY (district, result_id)
);

CREATE TABLE results (
    district text NOT NULL,
    result_id uuid NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    entity_id uuid,
    entity_name text,
    uscc text,
    department text,
    task_id uuid,
    task_no text COLLATE "C",
    plan_id uuid,
    outcome text,
    outcome_codes text[] NOT NULL DEFAULT '{}',
    has_problem boolean NOT NULL DEFAULT false,
    findings integer NOT NULL DEFAULT 0,
    origin text,
    industry text,
    concluded_on date,
    due_on date,
    published_at timestamptz,
    is_late boolean NOT NULL DEFAULT false,
    public_until date,
    digest text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_results PRIMARY KEY (district, result_id)
);
CREATE INDEX ix_results_entity_id ON results (district, entity_id, published_at DESC);
CREATE INDEX ix_results_published_at ON results (district, published_at DESC, result_id DESC);
CREATE INDEX ix_results_task_id ON results (district, task_id);
CREATE INDEX ix_results_public_until ON results (district, public_until)
    WHERE state IN ('published', 'corrected', 'withdrawn');

CREATE TABLE follow_ups (
    district text NOT NULL,
    follow_up_id uuid NOT NULL,
    result_id uuid NOT NULL,
    department text NOT NULL,
    kind text NOT NULL,
    opened_on date,
    due_on date,
    outcome text,
    is_settled boolean,
    closed_on date,
    CONSTRAINT pk_follow_ups PRIMARY KEY (district, follow_up_id)
);
CREATE INDEX ix_follow_ups_result_id ON follow_ups (district, result_id);

CREATE TABLE listings (
    district text NOT NULL,
    listing_id uuid NOT NULL,
    entity_id uuid,
    entity_name text,
    uscc text,
    list_code text NOT NULL,
    ground text,
    document_no text,
    authority text,
    entered_on date,
    ends_on date,
    removed_on date,
    removal_reason text,
    CONSTRAINT pk_listings PRIMARY KEY (district, listing_id)
);
CREATE INDEX ix_listings_entity_id ON listings (district, entity_id);

CREATE TABLE repairs (
    district text NOT NULL,
    repair_id uuid NOT NULL,
    entity_id uuid,
    kind text NOT NULL,
    listing_id uuid,
    result_id uuid,
    document_no text NOT NULL,
    department text NOT NULL,
    effective_on date NOT NULL,
    stops_publicity boolean NOT NULL,
    CONSTRAINT pk_repairs PRIMARY KEY (district, repair_id)
);
CREATE INDEX ix_repairs_entity_id ON repairs (district, entity_id);
CREATE INDEX ix_repairs_result_id ON repairs (district, result_id) WHERE result_id IS NOT NULL;

CREATE TABLE entities (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    name text NOT NULL,
    uscc text COLLATE "C",
    results integer NOT NULL,
    latest_id uuid,
    CONSTRAINT pk_entities PRIMARY KEY (district, entity_id)
);
CREATE INDEX ix_entities_uscc ON entities (district, uscc) WHERE uscc IS NOT NULL;

CREATE TABLE search_names (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    folded text COLLATE "C" NOT NULL,
    initials text COLLATE "C" NOT NULL,
    pairs text[] NOT NULL,
    CONSTRAINT pk_search_names PRIMARY KEY (district, entity_id)
);
CREATE INDEX ix_search_names_prefix ON search_names (folded, entity_id);
CREATE INDEX ix_search_names_initials ON search_names (initials, entity_id);
CREATE INDEX ix_search_names_pairs ON search_names USING gin (pairs) WITH (fastupdate = off);
CREATE INDEX ix_search_names_trigrams ON search_names USING gin (folded gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX ix_search_names_initials_trigrams ON search_names USING gin (initials gin_trgm_ops)
    WITH (fastupdate = off);

CREATE TABLE checkpoints (
    district text NOT NULL,
    service text NOT NULL,
    number integer NOT NULL,
    size bigint NOT NULL,
    body text NOT NULL,
    signature text NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT pk_checkpoints PRIMARY KEY (district, service, number)
);

CREATE TABLE open_files (
    district text NOT NULL,
    name text NOT NULL,
    dataset text NOT NULL,
    form text NOT NULL,
    scope text NOT NULL,
    day date NOT NULL,
    row_count integer NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    after_seq bigint NOT NULL,
    superseded_on date,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_open_files PRIMARY KEY (district, name)
);
CREATE INDEX ix_open_files_day ON open_files (district, day);
"""

_PROTECTED = (
    "departments",
    "item_lists",
    "plan_versions",
    "plan_ends",
    "tasks",
    "task_changes",
    "result_versions",
    "result_exemptions",
    "results",
    "follow_ups",
    "listings",
    "repairs",
    "entities",
    "checkpoints",
    "open_files",
)
"""Not `search_names`: LIKE and @> are not leakproof, so behind a policy they never reach their indexes. What it holds
is public in every district, and every query of it names one."""


def upgrade() -> None:
    create_runtime_tables()
    for statement in f"{_PLANS}{_RESULTS}".split(";"):
        if statement.strip():
            op.execute(statement)
    for table in _PROTECTED:
        protect_district(table)


def downgrade() -> None:
    raise RuntimeError("the first migration is not taken back: drop the database")
