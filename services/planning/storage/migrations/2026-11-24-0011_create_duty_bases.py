"""The power and duty lists (权责清单) that items rest on (I1)."""

from services.planning.storage.policies import append_only, run_statements
from shared.runtime.rls import protect_district

revision = "planning_0011"
down_revision = "planning_0010"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE duty_bases (
    district text NOT NULL,
    department text NOT NULL,
    code text NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    search_key text NOT NULL,
    law text NOT NULL,
    article text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    paper text NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    CONSTRAINT pk_duty_bases PRIMARY KEY (district, department, code, version),
    CONSTRAINT ck_duty_bases_kind CHECK (kind IN ('power', 'duty')),
    CONSTRAINT ck_duty_bases_period CHECK (ends_on IS NULL OR starts_on <= ends_on)
);
ALTER TABLE listed_items ADD COLUMN duty_code text;
"""


def upgrade() -> None:
    run_statements(_TABLES)
    protect_district("duty_bases")
    append_only("duty_bases")


def downgrade() -> None:
    raise RuntimeError("power and duty lists are not undone: restore a backup")
