"""Terms of a plan and its tasks that are public with them: when names open (M2), inspection batches (I2)."""

from services.planning.storage.policies import run_statements

revision = "planning_0009"
down_revision = "planning_0008"
branch_labels = None
depends_on = None

_CHANGES = """
ALTER TABLE plan_contents ADD COLUMN names_open text NOT NULL DEFAULT 'at_result',
    ADD COLUMN names_open_basis text NOT NULL DEFAULT '', ADD COLUMN batches integer NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN names_open text NOT NULL DEFAULT 'at_result',
    ADD COLUMN names_open_basis text NOT NULL DEFAULT '', ADD COLUMN batches integer NOT NULL DEFAULT 0;
ALTER TABLE plan_contents ADD CONSTRAINT ck_plan_contents_names_open CHECK (names_open IN ('at_result', 'as_visited'));
ALTER TABLE tasks ADD CONSTRAINT ck_tasks_names_open CHECK (names_open IN ('at_result', 'as_visited'));
"""


def upgrade() -> None:
    run_statements(_CHANGES)


def downgrade() -> None:
    raise RuntimeError("public terms are not undone: restore a backup")
