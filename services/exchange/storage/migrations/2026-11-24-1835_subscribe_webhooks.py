"""Webhook subscriptions of other systems, the messages told, every delivery of them."""

from alembic import op

from shared.runtime.rls import protect_district

revision = "exchange_0004"
down_revision = "exchange_0003"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE webhook_endpoints (
    district text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    url text NOT NULL,
    topics text[] NOT NULL,
    secrets bytea NOT NULL,
    state text NOT NULL,
    reason text,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (district, id)
)""",
    """
CREATE TABLE webhook_messages (
    district text NOT NULL,
    id uuid NOT NULL,
    place bigint GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL,
    entity_key text NOT NULL,
    body text NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT pk_webhook_messages PRIMARY KEY (district, id)
)""",
    """
CREATE TABLE webhook_deliveries (
    district text NOT NULL,
    endpoint_id uuid NOT NULL,
    message_id uuid NOT NULL,
    place bigint NOT NULL,
    entity_key text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    waiting_since timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    last_status integer,
    last_error text,
    delivered_at timestamptz,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (district, endpoint_id, message_id)
)""",
    "CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (district, due_at) WHERE state = 'pending'",
    "CREATE INDEX ix_webhook_deliveries_order ON webhook_deliveries (district, endpoint_id, entity_key, place)"
    " WHERE state = 'pending'",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
    op.execute(
        "CREATE TRIGGER webhook_messages_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON webhook_messages"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    for table in ("webhook_endpoints", "webhook_messages", "webhook_deliveries"):
        protect_district(table)


def downgrade() -> None:
    raise RuntimeError("what was told is not taken back: restore a backup")
