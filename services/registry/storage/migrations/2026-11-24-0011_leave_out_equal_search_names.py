"""An object's search name (name_key) is stored only where it is not the name itself: null says that it is.

Nearly every name is its own search name, so an import wrote each name twice: a seventh of every row. Readers take
`coalesce(name_key, name)`; rows written before keep theirs.
"""

from services.registry.storage.statements import execute_each

revision = "registry_0011"
down_revision = "registry_0010"
branch_labels = None
depends_on = None

_NULLABLE = """
ALTER TABLE entities ALTER COLUMN name_key DROP NOT NULL;
ALTER TABLE entity_rows ALTER COLUMN name_key DROP NOT NULL;
ALTER TABLE entities_past ALTER COLUMN name_key DROP NOT NULL
"""


def upgrade() -> None:
    execute_each(_NULLABLE)


def downgrade() -> None:
    raise RuntimeError("what was not stored would have to be filled in for every row: restore a backup")
