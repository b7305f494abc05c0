"""Files sent as evidence, attached or not: what nobody attaches goes after a term."""

from alembic import op

from shared.runtime.rls import protect_district

revision = "results_0009"
down_revision = "results_0008"
branch_labels = None
depends_on = None

_UPLOADS = """
CREATE TABLE evidence_uploads (
    district text NOT NULL,
    digest text NOT NULL,
    size bigint NOT NULL,
    sent_by text NOT NULL,
    sent_at timestamptz NOT NULL,
    removed_at timestamptz,
    CONSTRAINT pk_evidence_uploads PRIMARY KEY (district, digest)
)
"""


def upgrade() -> None:
    op.execute(_UPLOADS)
    op.execute(
        "CREATE INDEX ix_evidence_uploads_sent_at ON evidence_uploads (district, sent_at) WHERE removed_at IS NULL"
    )
    protect_district("evidence_uploads")


def downgrade() -> None:
    raise RuntimeError("evidence and signatures are kept")
