"""Numbers with the commit (decision 0011); places, tree and checkpoints of the audit chain (decision 0012, SEC9)."""

from shared.runtime.tables import chain_audits, number_with_commits

revision = "planning_0012"
down_revision = "planning_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number_with_commits()
    chain_audits()


def downgrade() -> None:
    raise RuntimeError("a trail is not taken back: restore a backup")
