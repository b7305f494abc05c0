"""The runtime's tables and those of credit.

What is only ever added to is held so by a trigger. `known_from` is when credit came to know a row (bitemporal reads);
`recorded_at` is the time of the fact behind it.
"""

from alembic import op

from shared.runtime.rls import protect_district
from shared.runtime.tables import create_runtime_tables

revision = "credit_0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE replica_entities (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    uscc text COLLATE "C",
    external_no text COLLATE "C",
    name text NOT NULL,
    kind text,
    status text,
    town text,
    industry text,
    known_from timestamptz NOT NULL,
    CONSTRAINT pk_replica_entities PRIMARY KEY (district, entity_id)
);
CREATE INDEX ix_replica_entities_uscc ON replica_entities (district, uscc) WHERE uscc IS NOT NULL;
CREATE INDEX ix_replica_entities_external_no ON replica_entities (district, external_no)
    WHERE external_no IS NOT NULL;

CREATE TABLE credit_records (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    version integer NOT NULL,
    based_on integer NOT NULL,
    as_of date NOT NULL,
    score integer NOT NULL,
    credit_class text NOT NULL,
    indicator_version integer NOT NULL,
    snapshot text NOT NULL,
    known_from timestamptz NOT NULL,
    CONSTRAINT pk_credit_records PRIMARY KEY (district, entity_id)
) WITH (fillfactor = 80);

CREATE TABLE credit_entries (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    id uuid NOT NULL,
    source text NOT NULL,
    fact_key text NOT NULL,
    fact_version integer NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    indicator_code text,
    level integer NOT NULL,
    points integer NOT NULL,
    occurred_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    title text NOT NULL,
    origin text NOT NULL,
    indicator_version integer NOT NULL,
    reverses uuid,
    reason text,
    known_from timestamptz NOT NULL,
    CONSTRAINT pk_credit_entries PRIMARY KEY (district, entity_id, id)
);

CREATE TABLE credit_classes_history (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    record_version integer NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    score integer NOT NULL,
    indicator_version integer NOT NULL,
    source text NOT NULL,
    fact_key text NOT NULL,
    fact_version integer NOT NULL,
    changed_at timestamptz NOT NULL,
    known_from timestamptz NOT NULL,
    CONSTRAINT pk_credit_classes_history PRIMARY KEY (district, entity_id, record_version)
);

CREATE TABLE listings (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    entity_id uuid NOT NULL,
    list_code text NOT NULL,
    ground text NOT NULL,
    document_no text NOT NULL,
    authority text NOT NULL,
    decided_on date NOT NULL,
    ends_on date,
    state text NOT NULL,
    closed_on date,
    reason text,
    in_force_from date,
    in_force_to date,
    recorded_at timestamptz NOT NULL,
    known_from timestamptz NOT NULL,
    CONSTRAINT pk_listings PRIMARY KEY (district, id, version)
);
CREATE INDEX ix_listings_entity_id ON listings (district, entity_id);

CREATE TABLE flags (
    district text NOT NULL,
    entity_id uuid NOT NULL,
    area text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    listing_id uuid NOT NULL,
    measure_code text NOT NULL,
    list_code text NOT NULL,
    ground text NOT NULL,
    document_no text NOT NULL,
    authority text NOT NULL,
    legal_basis text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    state text NOT NULL,
    lifted_on date,
    reason text,
    in_force_from date,
    in_force_to date,
    recorded_at timestamptz NOT NULL,
    known_from timestamptz NOT NULL,
    CONSTRAINT pk_flags PRIMARY KEY (district, entity_id, area, id, version)
);

CREATE TABLE credit_journal (
    district text NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    entity_id uuid,
    event_id uuid,
    payload text NOT NULL,
    known_from timestamptz NOT NULL,
    CONSTRAINT pk_credit_journal PRIMARY KEY (district, seq)
);

CREATE TABLE indicator_systems (
    district text NOT NULL,
    version integer NOT NULL,
    body text NOT NULL,
    activated_at timestamptz NOT NULL,
    CONSTRAINT pk_indicator_systems PRIMARY KEY (district, version)
);
CREATE TABLE measure_catalogues (
    district text NOT NULL,
    version integer NOT NULL,
    body text NOT NULL,
    activated_at timestamptz NOT NULL,
    CONSTRAINT pk_measure_catalogues PRIMARY KEY (district, version)
);

CREATE TABLE fact_imports (
    district text NOT NULL,
    id uuid NOT NULL,
    report text NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamptz NOT NULL,
    CONSTRAINT pk_fact_imports PRIMARY KEY (district, id)
);

CREATE TABLE restriction_answers (
    district text NOT NULL,
    id uuid NOT NULL,
    asked_by text NOT NULL,
    body text NOT NULL,
    digest text NOT NULL,
    answered_at timestamptz NOT NULL,
    CONSTRAINT pk_restriction_answers PRIMARY KEY (district, id)
);
"""

_APPEND_ONLY = (
    "credit_entries",
    "credit_classes_history",
    "listings",
    "flags",
    "credit_journal",
    "indicator_systems",
    "measure_catalogues",
    "fact_imports",
    "restriction_answers",
)

_REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

_REFUSE_STALE = """
CREATE FUNCTION refuse_stale(saved bigint, wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF saved <> wanted THEN
        RAISE EXCEPTION 'a credit record moved on meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN saved;
END $$
"""


def upgrade() -> None:
    create_runtime_tables()
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    op.execute(_REFUSE_CHANGE)
    op.execute(_REFUSE_STALE)
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in ("replica_entities", "credit_records", *_APPEND_ONLY):
        protect_district(table)


def downgrade() -> None:
    raise RuntimeError("the first revision is not undone: drop the database")
