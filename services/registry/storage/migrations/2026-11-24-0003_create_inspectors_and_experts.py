"""Inspectors, which their department owns (the joint office reads them all), and the experts of the district."""

from alembic import op

from services.registry.storage.statements import execute_each
from shared.runtime.rls import protect_district, protect_table

revision = "registry_0003"
down_revision = "registry_0002"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE inspectors (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    change_set_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    inspector_no text COLLATE "C" NOT NULL,
    name text NOT NULL,
    owner_department text NOT NULL,
    certificate_no text COLLATE "C" NOT NULL,
    issuer text,
    valid_until date NOT NULL,
    fields text[] NOT NULL,
    expertise text[] NOT NULL,
    regions text[] NOT NULL,
    phone bytea,
    phone_mark bytea,
    status text NOT NULL,
    status_reason text,
    CONSTRAINT pk_inspectors PRIMARY KEY (district, id),
    CONSTRAINT uq_inspectors_inspector_no UNIQUE (district, inspector_no),
    CONSTRAINT uq_inspectors_certificate_no UNIQUE (district, certificate_no)
);
CREATE INDEX ix_inspectors_owner_department ON inspectors (district, owner_department, id);
CREATE TABLE inspectors_history (
    LIKE inspectors,
    CONSTRAINT pk_inspectors_history PRIMARY KEY (district, id, version)
);
CREATE INDEX ix_inspectors_history_change_set_id ON inspectors_history (district, change_set_id, id);
CREATE TABLE experts (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    change_set_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    expert_no text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    organisation text,
    fields text[] NOT NULL,
    title text,
    qualification text,
    valid_until date,
    phone bytea,
    phone_mark bytea,
    status text NOT NULL,
    CONSTRAINT pk_experts PRIMARY KEY (district, id),
    CONSTRAINT uq_experts_expert_no UNIQUE (district, expert_no)
);
CREATE TABLE experts_history (
    LIKE experts,
    CONSTRAINT pk_experts_history PRIMARY KEY (district, id, version)
);
"""


def upgrade() -> None:
    execute_each(_TABLES)
    for table in ("inspectors", "inspectors_history"):
        protect_table(table)
        op.execute(
            f"CREATE POLICY {table}_office ON {table} FOR SELECT"
            " USING (district = current_setting('ssj.district', true)"
            " AND current_setting('ssj.joint_office', true) = 'on')"
        )
    for table in ("experts", "experts_history"):
        protect_district(table)


def downgrade() -> None:
    for table in ("experts_history", "experts", "inspectors_history", "inspectors"):
        op.execute(f"DROP TABLE {table}")
