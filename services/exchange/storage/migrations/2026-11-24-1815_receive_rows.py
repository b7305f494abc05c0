"""Rows that other systems hand in: each as it came, sealed, with what became of it. Only added to."""

from alembic import op

from shared.runtime.rls import protect_district

revision = "exchange_0002"
down_revision = "exchange_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
CREATE TABLE inbound_rows (
    district text NOT NULL,
    id uuid NOT NULL,
    source text NOT NULL,
    kind text NOT NULL,
    source_key text NOT NULL,
    source_version integer NOT NULL,
    op text NOT NULL,
    fact_key text,
    digest text NOT NULL,
    content bytea NOT NULL,
    state text NOT NULL,
    problems text NOT NULL,
    received_by text NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT pk_inbound_rows PRIMARY KEY (district, id),
    CONSTRAINT uq_inbound_rows_digest UNIQUE (district, source, kind, source_key, source_version, digest)
)"""
    )
    op.execute("CREATE INDEX ix_inbound_rows_fact_key ON inbound_rows (district, fact_key) WHERE fact_key IS NOT NULL")
    op.execute("CREATE INDEX ix_inbound_rows_state ON inbound_rows (district, state, id)")
    op.execute(
        "CREATE TRIGGER inbound_rows_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON inbound_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    protect_district("inbound_rows")


def downgrade() -> None:
    raise RuntimeError("what was handed in is not taken back: restore a backup")
