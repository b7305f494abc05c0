"""Libraries: the current version and every version there was."""

from services.registry.storage.statements import execute_each
from shared.runtime.rls import protect_district

revision = "registry_0004"
down_revision = "registry_0003"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE libraries (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    change_set_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    owner_department text NOT NULL,
    name text NOT NULL,
    conditions jsonb NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT pk_libraries PRIMARY KEY (district, id),
    CONSTRAINT uq_libraries_name UNIQUE (district, owner_department, name)
);
CREATE TABLE libraries_history (
    LIKE libraries,
    CONSTRAINT pk_libraries_history PRIMARY KEY (district, id, version)
);
"""


def upgrade() -> None:
    execute_each(_TABLES)
    for table in ("libraries", "libraries_history"):
        protect_district(table)


def downgrade() -> None:
    execute_each("DROP TABLE libraries_history;\nDROP TABLE libraries")
