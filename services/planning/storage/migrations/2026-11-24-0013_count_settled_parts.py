"""Parts of visits that end without a public result: exempted or excused (R3, R5)."""

from services.planning.storage.policies import run_statements

revision = "planning_0013"
down_revision = "planning_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_statements("ALTER TABLE task_progress ADD COLUMN parts_settled integer NOT NULL DEFAULT 0;")


def downgrade() -> None:
    raise RuntimeError("progress is derived: restore a backup")
