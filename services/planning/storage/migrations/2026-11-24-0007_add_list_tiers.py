"""Item lists of higher levels (I5): a list says whose it is and with which paper it came."""

from services.planning.storage.policies import run_statements

revision = "planning_0007"
down_revision = "planning_0006"
branch_labels = None
depends_on = None

_CHANGES = """
ALTER TABLE item_lists ADD COLUMN tier text NOT NULL DEFAULT 'district', ADD COLUMN source text;
ALTER TABLE item_lists ADD CONSTRAINT ck_item_lists_tier CHECK (tier IN ('district', 'city', 'province'));
ALTER TABLE item_lists DROP CONSTRAINT uq_item_lists_version;
ALTER TABLE item_lists ADD CONSTRAINT uq_item_lists_version UNIQUE (district, owner_department, year, tier, version);
DROP INDEX uq_item_lists_published;
CREATE UNIQUE INDEX uq_item_lists_published ON item_lists (district, owner_department, year, tier)
    WHERE state = 'published';
"""


def upgrade() -> None:
    run_statements(_CHANGES)


def downgrade() -> None:
    raise RuntimeError("levels of lists are not undone: restore a backup")
