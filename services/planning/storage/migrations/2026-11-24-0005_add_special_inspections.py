"""The gate of special inspections (专项检查, B20) beside the content of a plan."""

from alembic import op

revision = "planning_0005"
down_revision = "planning_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE plan_contents ADD COLUMN special jsonb")


def downgrade() -> None:
    op.execute("ALTER TABLE plan_contents DROP COLUMN special")
