"""Marks of objects (department tags and licences), the duty map, yearly reviews, leaves and capacity of inspectors.

Marks, duties and reviews are read by all of the district; who may write them the use cases say. A leave is a
department's own, like the inspector it belongs to.
"""

from alembic import op

from services.registry.storage.statements import execute_each
from shared.runtime.rls import protect_district, protect_table

revision = "registry_0008"
down_revision = "registry_0007"
branch_labels = None
depends_on = None

_VERSIONED = """
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    change_set_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
"""
_TABLES = f"""
CREATE TABLE entity_marks ({_VERSIONED}
    entity_id uuid NOT NULL,
    department text NOT NULL,
    kind text NOT NULL,
    name text COLLATE "C" NOT NULL,
    number text,
    valid_from date NOT NULL,
    valid_until date,
    note text,
    changed_by text NOT NULL,
    CONSTRAINT pk_entity_marks PRIMARY KEY (district, id)
);
CREATE INDEX ix_entity_marks_entity_id ON entity_marks (district, entity_id);
CREATE INDEX ix_entity_marks_name ON entity_marks (district, kind, name);
CREATE TABLE entity_marks_history (
    LIKE entity_marks,
    CONSTRAINT pk_entity_marks_history PRIMARY KEY (district, id, version)
);
CREATE TABLE duties ({_VERSIONED}
    basis text NOT NULL,
    licence text,
    industry_edition text,
    industry_code text COLLATE "C",
    department text NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    changed_by text NOT NULL,
    CONSTRAINT pk_duties PRIMARY KEY (district, id)
);
CREATE TABLE duties_history (
    LIKE duties,
    CONSTRAINT pk_duties_history PRIMARY KEY (district, id, version)
);
CREATE TABLE library_reviews (
    district text NOT NULL,
    id uuid NOT NULL,
    change_set_id uuid NOT NULL,
    year integer NOT NULL,
    department text NOT NULL,
    subject text NOT NULL,
    library_id uuid,
    library_version integer,
    members integer NOT NULL,
    note text,
    signed_by text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT pk_library_reviews PRIMARY KEY (district, id)
);
CREATE INDEX ix_library_reviews_year ON library_reviews (district, year, department);
CREATE TABLE inspector_leaves ({_VERSIONED}
    owner_department text NOT NULL,
    inspector_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    reason text NOT NULL,
    is_cancelled boolean NOT NULL DEFAULT false,
    changed_by text NOT NULL,
    CONSTRAINT pk_inspector_leaves PRIMARY KEY (district, id)
);
CREATE INDEX ix_inspector_leaves_inspector_id ON inspector_leaves (district, inspector_id);
CREATE TABLE inspector_leaves_history (
    LIKE inspector_leaves,
    CONSTRAINT pk_inspector_leaves_history PRIMARY KEY (district, id, version)
);
ALTER TABLE inspectors ADD COLUMN capacity integer;
ALTER TABLE inspectors_history ADD COLUMN capacity integer;
ALTER TABLE experts ADD COLUMN status_reason text;
ALTER TABLE experts_history ADD COLUMN status_reason text;
"""
_SHARED = ("entity_marks", "entity_marks_history", "duties", "duties_history", "library_reviews")
_OWN = ("inspector_leaves", "inspector_leaves_history")


def upgrade() -> None:
    execute_each(_TABLES)
    for table in _SHARED:
        protect_district(table)
    for table in _OWN:
        protect_table(table)
        op.execute(
            f"CREATE POLICY {table}_office ON {table} FOR SELECT"
            " USING (district = current_setting('ssj.district', true)"
            " AND current_setting('ssj.joint_office', true) = 'on')"
        )


def downgrade() -> None:
    for table in (*_OWN, *_SHARED):
        op.execute(f"DROP TABLE {table}")
    for table in ("inspectors", "inspectors_history"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN capacity")
    for table in ("experts", "experts_history"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN status_reason")
