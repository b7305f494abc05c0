"""The runtime's tables, change sets, departments and regions."""

from services.registry.storage.statements import execute_each
from shared.runtime.rls import protect_district
from shared.runtime.tables import create_runtime_tables

revision = "registry_0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE change_sets (
    id uuid NOT NULL,
    district text NOT NULL,
    kind text NOT NULL,
    origin text NOT NULL,
    owner_department text,
    row_count integer NOT NULL,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_change_sets PRIMARY KEY (district, id)
);
CREATE INDEX ix_change_sets_recorded_at ON change_sets (district, recorded_at);
CREATE TABLE departments (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    change_set_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    short_name text NOT NULL,
    uscc text,
    CONSTRAINT pk_departments PRIMARY KEY (district, id),
    CONSTRAINT uq_departments_code UNIQUE (district, code)
);
CREATE TABLE departments_history (
    LIKE departments,
    CONSTRAINT pk_departments_history PRIMARY KEY (district, id, version)
);
CREATE TABLE regions (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    change_set_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    code text COLLATE "C" NOT NULL,
    since date NOT NULL,
    until date,
    name text NOT NULL,
    successor text,
    CONSTRAINT pk_regions PRIMARY KEY (district, id),
    CONSTRAINT uq_regions_code_since UNIQUE (district, code, since)
);
CREATE TABLE regions_history (
    LIKE regions,
    CONSTRAINT pk_regions_history PRIMARY KEY (district, id, version)
);
"""


def upgrade() -> None:
    create_runtime_tables()
    execute_each(_TABLES)
    for table in ("change_sets", "departments", "departments_history", "regions", "regions_history"):
        protect_district(table)


def downgrade() -> None:
    raise RuntimeError("the first revision is not undone: drop the database")
