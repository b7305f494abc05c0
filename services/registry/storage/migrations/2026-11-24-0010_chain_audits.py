"""Numbers with the commit (decision 0011); places, tree and checkpoints of the audit chain (decision 0012, SEC9)."""

from shared.runtime.tables import chain_audits, number_with_commits

revision = "registry_0010"
down_revision = "registry_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number_with_commits()
    chain_audits()


def downgrade() -> None:
    raise RuntimeError("a trail is not taken back: restore a backup")
