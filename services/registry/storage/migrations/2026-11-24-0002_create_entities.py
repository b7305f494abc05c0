"""Objects of inspection with their history, and the copies of results that tell the last visit."""

from services.registry.storage.statements import execute_each
from shared.runtime.rls import protect_district

revision = "registry_0002"
down_revision = "registry_0001"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE entities (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    change_set_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL,
    uscc text COLLATE "C",
    external_no text COLLATE "C",
    status text NOT NULL,
    registered_on date,
    region_code text COLLATE "C" NOT NULL,
    address text,
    industry_code text COLLATE "C",
    industry_edition text,
    departments text[] NOT NULL,
    tags text[] NOT NULL,
    producer_external_no text COLLATE "C",
    legal_rep_phone bytea,
    legal_rep_phone_mark bytea,
    credit_class text NOT NULL DEFAULT 'U',
    last_visit_on date,
    CONSTRAINT pk_entities PRIMARY KEY (district, id)
);
CREATE UNIQUE INDEX uq_entities_uscc ON entities (district, uscc) WHERE uscc IS NOT NULL;
CREATE UNIQUE INDEX uq_entities_external_no ON entities (district, external_no) WHERE external_no IS NOT NULL;
CREATE TABLE entities_history (
    LIKE entities,
    CONSTRAINT pk_entities_history PRIMARY KEY (district, id, version)
);
CREATE INDEX ix_entities_history_change_set_id ON entities_history (district, change_set_id, id);
CREATE TABLE replica_results (
    district text NOT NULL,
    result_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    department text NOT NULL,
    concluded_on date NOT NULL,
    result_version integer NOT NULL,
    is_withdrawn boolean NOT NULL DEFAULT false,
    CONSTRAINT pk_replica_results PRIMARY KEY (district, result_id)
);
CREATE INDEX ix_replica_results_entity_id ON replica_results (district, entity_id);
"""


def upgrade() -> None:
    execute_each(_TABLES)
    for table in ("entities", "entities_history", "replica_results"):
        protect_district(table)


def downgrade() -> None:
    execute_each("DROP TABLE replica_results;\nDROP TABLE entities_history;\nDROP TABLE entities")
