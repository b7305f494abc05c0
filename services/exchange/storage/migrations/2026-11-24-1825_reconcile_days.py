"""Reconciliations (对账) with peers and the differences they found. Only added to."""

from alembic import op

from shared.runtime.rls import protect_district, protect_table

revision = "exchange_0003"
down_revision = "exchange_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
CREATE TABLE reconciliations (
    district text NOT NULL,
    id uuid NOT NULL,
    peer text NOT NULL,
    day date NOT NULL,
    is_balanced boolean NOT NULL,
    balances text NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_reconciliations PRIMARY KEY (district, id)
)"""
    )
    op.execute("CREATE INDEX ix_reconciliations_day ON reconciliations (district, peer, day)")
    op.execute(
        """
CREATE TABLE reconciliation_differences (
    district text NOT NULL,
    reconciliation_id uuid NOT NULL,
    owner_department text NOT NULL,
    dataset text NOT NULL,
    row_key text NOT NULL,
    kind text NOT NULL,
    row_id uuid,
    here_version integer,
    there_version integer,
    CONSTRAINT pk_reconciliation_differences PRIMARY KEY (district, reconciliation_id, dataset, row_key)
)"""
    )
    for table in ("reconciliations", "reconciliation_differences"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    protect_district("reconciliations")
    protect_table("reconciliation_differences", office_writes=True)


def downgrade() -> None:
    raise RuntimeError("what was found is not taken back: restore a backup")
