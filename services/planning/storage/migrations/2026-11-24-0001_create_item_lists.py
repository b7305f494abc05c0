"""The runtime's tables, rules, counters and item lists."""

from services.planning.storage.policies import (
    append_only,
    follow_parent,
    hide_drafts,
    hide_without,
    open_when,
    run_statements,
)
from shared.runtime.rls import protect_district, protect_table
from shared.runtime.tables import create_runtime_tables

revision = "planning_0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE rules (
    district text NOT NULL,
    code text NOT NULL,
    version integer NOT NULL,
    value jsonb NOT NULL,
    effective_on date NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT pk_rules PRIMARY KEY (district, code, version)
);
CREATE TABLE counters (
    district text NOT NULL,
    kind text NOT NULL,
    scope text NOT NULL,
    value integer NOT NULL,
    CONSTRAINT pk_counters PRIMARY KEY (district, kind, scope)
);
CREATE TABLE item_lists (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    year integer NOT NULL,
    version integer NOT NULL,
    revision integer NOT NULL,
    row_version integer NOT NULL,
    item_count integer NOT NULL,
    state text NOT NULL,
    filers text[] NOT NULL,
    remark text,
    created_at timestamptz NOT NULL,
    published_at timestamptz,
    CONSTRAINT pk_item_lists PRIMARY KEY (district, id),
    CONSTRAINT uq_item_lists_version UNIQUE (district, owner_department, year, version)
);
CREATE UNIQUE INDEX uq_item_lists_published ON item_lists (district, owner_department, year) WHERE state = 'published';
CREATE TABLE item_lists_history (
    district text NOT NULL,
    list_id uuid NOT NULL,
    row_version integer NOT NULL,
    act text NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    remark text,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_item_lists_history PRIMARY KEY (district, list_id, row_version)
);
CREATE TABLE items (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    code text NOT NULL,
    CONSTRAINT pk_items PRIMARY KEY (district, id),
    CONSTRAINT uq_items_code UNIQUE (district, owner_department, code)
);
CREATE TABLE listed_items (
    district text NOT NULL,
    list_id uuid NOT NULL,
    revision integer NOT NULL,
    item_id uuid NOT NULL,
    owner_department text NOT NULL,
    place integer NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    search_key text NOT NULL,
    level text NOT NULL,
    bases jsonb NOT NULL,
    methods text[] NOT NULL,
    kinds text[] NOT NULL,
    content text[] NOT NULL,
    ratio_cap_ppm integer,
    times_per_year integer NOT NULL,
    tags text[] NOT NULL,
    fields text[] NOT NULL,
    CONSTRAINT pk_listed_items PRIMARY KEY (district, list_id, revision, item_id),
    CONSTRAINT ck_listed_items_cap CHECK ((level = 'key') = (ratio_cap_ppm IS NULL))
);
"""
_PUBLISHED = (
    "EXISTS (SELECT FROM item_lists l WHERE l.district = listed_items.district AND l.id = listed_items.list_id"
    " AND l.revision = listed_items.revision AND l.state IN ('published', 'superseded'))"
)


def upgrade() -> None:
    create_runtime_tables()
    run_statements(_TABLES)
    protect_district("rules")
    protect_district("counters")
    protect_table("item_lists", office_writes=True)
    open_when("item_lists", "state IN ('published', 'superseded')")
    hide_drafts("item_lists", "state")
    follow_parent("item_lists_history", "item_lists", "list_id")
    protect_table("items", office_writes=True)
    protect_table("listed_items", office_writes=True)
    open_when("listed_items", _PUBLISHED)
    hide_without("listed_items", "item_lists", "list_id")
    for table in ("rules", "item_lists_history", "listed_items"):
        append_only(table)


def downgrade() -> None:
    raise RuntimeError("the first revision is not undone: drop the database")
