"""Working days by the notices that results tells of (R2)."""

from alembic import op

from shared.runtime.calendars import CREATE_CALENDARS
from shared.runtime.rls import protect_district

revision = "planning_0014"
down_revision = "planning_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(CREATE_CALENDARS)
    protect_district("replica_calendars")


def downgrade() -> None:
    raise RuntimeError("what was heard is not forgotten: restore a backup")
