"""Joint item lists (部门联合抽查事项清单, I5)."""

from alembic import op

from services.planning.storage.policies import append_only
from shared.runtime.rls import protect_district

revision = "planning_0008"
down_revision = "planning_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE joint_lists (
            id uuid NOT NULL,
            district text NOT NULL,
            year integer NOT NULL,
            version integer NOT NULL,
            entries jsonb NOT NULL,
            published_by text NOT NULL,
            published_at timestamptz NOT NULL,
            CONSTRAINT pk_joint_lists PRIMARY KEY (district, id),
            CONSTRAINT uq_joint_lists_version UNIQUE (district, year, version)
        )
        """
    )
    protect_district("joint_lists")
    append_only("joint_lists")


def downgrade() -> None:
    raise RuntimeError("joint lists are not undone: restore a backup")
