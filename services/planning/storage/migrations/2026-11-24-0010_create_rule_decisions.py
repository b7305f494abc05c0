"""Rules take a second officer's approval; limits on items can be overridden for a department and a year (I3).

Versions that were in force before count as approved by who set them: they were, under the rule of that day."""

from services.planning.storage.policies import append_only, follow_parent, run_statements
from shared.runtime.rls import protect_district, protect_table

revision = "planning_0010"
down_revision = "planning_0009"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE rule_decisions (
    district text NOT NULL,
    code text NOT NULL,
    version integer NOT NULL,
    is_approved boolean NOT NULL,
    effective_on date NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT pk_rule_decisions PRIMARY KEY (district, code, version)
);
CREATE TABLE limit_overrides (
    id uuid NOT NULL,
    district text NOT NULL,
    owner_department text NOT NULL,
    year integer NOT NULL,
    code text NOT NULL,
    item_code text,
    ceiling integer NOT NULL,
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    CONSTRAINT pk_limit_overrides PRIMARY KEY (district, id)
);
CREATE INDEX ix_limit_overrides_year ON limit_overrides (district, owner_department, year);
CREATE TABLE limit_override_decisions (
    district text NOT NULL,
    override_id uuid NOT NULL,
    is_approved boolean NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT pk_limit_override_decisions PRIMARY KEY (district, override_id)
);
ALTER TABLE rules NO FORCE ROW LEVEL SECURITY;
INSERT INTO rule_decisions SELECT district, code, version, true, effective_on, reason, set_by, set_at FROM rules;
ALTER TABLE rules FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    run_statements(_TABLES)
    protect_district("rule_decisions")
    protect_table("limit_overrides", office_writes=True)
    follow_parent("limit_override_decisions", "limit_overrides", "override_id")
    for table in ("rule_decisions", "limit_overrides", "limit_override_decisions"):
        append_only(table)


def downgrade() -> None:
    raise RuntimeError("decisions are not undone: restore a backup")
