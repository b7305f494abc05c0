"""The rows of `entities` in a partition that COPY may write: COPY refuses a table behind row-level security.

Everybody reads and changes objects through `entities`, behind its policy. Of `entity_rows`, which holds the rows, the
app role may do one thing, insert, and a check holds every row to the district of the transaction, as the policy does,
and for whom the policy does. It is `NOT VALID` so that a restore, which knows no district, adds it after the rows.
"""

from alembic import op

from services.registry.storage.statements import execute_each
from shared.runtime.rls import protect_district

revision = "registry_0007"
down_revision = "registry_0006"
branch_labels = None
depends_on = None

_ROWS = """
DROP VIEW entities_history;
DROP TRIGGER entities_keep ON entities;
DROP POLICY entities_district ON entities;
ALTER TABLE entities NO FORCE ROW LEVEL SECURITY;
ALTER TABLE entities DISABLE ROW LEVEL SECURITY;
ALTER TABLE entities RENAME TO entity_rows;
CREATE TABLE entities (
    LIKE entity_rows INCLUDING DEFAULTS,
    CONSTRAINT pk_entities_all PRIMARY KEY (district, id)
) PARTITION BY LIST (district);
CREATE UNIQUE INDEX uq_entities_all_uscc ON entities (district, uscc) WHERE uscc IS NOT NULL;
CREATE UNIQUE INDEX uq_entities_all_external_no ON entities (district, external_no) WHERE external_no IS NOT NULL;
CREATE INDEX ix_entities_all_change_set_id ON entities (district, change_set_id, id);
ALTER TABLE entities ATTACH PARTITION entity_rows DEFAULT;
ALTER TABLE entity_rows ADD CONSTRAINT ck_entity_rows_own_district
    CHECK (coalesce(district = current_setting('ssj.district', true), false) OR NOT row_security_active('entities'))
    NOT VALID;
CREATE VIEW entities_history WITH (security_invoker = true) AS
    SELECT * FROM entities UNION ALL SELECT * FROM entities_past;
CREATE TRIGGER entities_keep AFTER UPDATE ON entities REFERENCING OLD TABLE AS before_update
    FOR EACH STATEMENT EXECUTE FUNCTION keep_entity_versions()
"""
_INSERT_ONLY = """
DO $$
DECLARE other text;
BEGIN
    FOR other IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_name = 'entity_rows' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE ALL ON entity_rows FROM %I', other);
        EXECUTE format('GRANT INSERT ON entity_rows TO %I', other);
    END LOOP;
END $$
"""


def upgrade() -> None:
    execute_each(_ROWS)
    protect_district("entities")
    op.execute(_INSERT_ONLY)


def downgrade() -> None:
    raise RuntimeError("objects stay in their partition: going back would leave them unprotected in between")
