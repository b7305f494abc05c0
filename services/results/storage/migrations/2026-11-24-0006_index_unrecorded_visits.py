"""Visits nobody recorded are looked for every minute, among all that was ever recorded (R2)."""

from alembic import op

revision = "results_0006"
down_revision = "results_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_inspection_records_assigned ON inspection_records (district, window_end)"
        " WHERE state = 'assigned'"
    )


def downgrade() -> None:
    raise RuntimeError("results are kept: restore a backup")
