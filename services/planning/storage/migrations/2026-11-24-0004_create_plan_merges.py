"""Merges of plans (N4)."""

from alembic import op

from shared.runtime.rls import protect_table

revision = "planning_0004"
down_revision = "planning_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE plan_merges (
            id uuid NOT NULL,
            district text NOT NULL,
            rule text NOT NULL,
            host_plan_id uuid NOT NULL,
            host_plan_no text NOT NULL,
            owner_department text NOT NULL,
            host_version integer NOT NULL,
            absorbed uuid[] NOT NULL,
            participants text[] NOT NULL,
            reason text NOT NULL,
            gains jsonb NOT NULL,
            state text NOT NULL,
            made_by text NOT NULL,
            made_at timestamptz NOT NULL,
            settled_at timestamptz,
            CONSTRAINT pk_plan_merges PRIMARY KEY (district, id),
            CONSTRAINT ck_plan_merges_state CHECK (state IN ('proposed', 'effective', 'withdrawn'))
        )
        """
    )
    op.execute("CREATE INDEX ix_plan_merges_host ON plan_merges (district, host_plan_id) WHERE state = 'proposed'")
    protect_table("plan_merges", participants=True, office_writes=True)


def downgrade() -> None:
    raise RuntimeError("merges are not undone: restore a backup")
