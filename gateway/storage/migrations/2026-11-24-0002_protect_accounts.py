"""Accounts and machine clients behind the district's policy, as every other table that names a district (SEC3)."""

from alembic import op

from shared.runtime.rls import protect_district

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("accounts", "clients"):
        protect_district(table)


def downgrade() -> None:
    for table in ("accounts", "clients"):
        op.execute(f"DROP POLICY {table}_district ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
