"""Leniency and discretion at a finding (裁量): what was chosen and why; the first version of the table (B25)."""

import sqlalchemy as sa
from alembic import op

revision = "results_0007"
down_revision = "results_0006"
branch_labels = None
depends_on = None

_GROWN = (
    "ALTER TABLE vocabulary_codes ADD COLUMN basis text NOT NULL DEFAULT '', ADD COLUMN max_severity integer",
    "ALTER TABLE recording_findings ADD COLUMN discretion_code text, ADD COLUMN discretion_reason text",
    "ALTER TABLE recordings ADD COLUMN discretion_version integer",
)
_LAW = "行政处罚法（2021年修订）"
# code, text, kind, days, basis, max_severity. The two years of a first offence are the platform's own: a district
# sets its term.
_ROWS = (
    ("minor", "轻微免罚：轻微并及时改正，没有造成危害后果", "exempt", None, f"{_LAW}第三十三条第一款", 2),
    ("first", "首违不罚：初次违法且危害后果轻微并及时改正", "first", 730, f"{_LAW}第三十三条第一款", 2),
    ("no_fault", "有证据足以证明没有主观过错", "proved", None, f"{_LAW}第三十三条第二款", None),
    ("lighter", "从轻或者减轻", "lighter", None, f"{_LAW}第三十二条", None),
    ("ordinary", "按裁量基准一般情节处理", "ordinary", None, f"{_LAW}第三十四条", None),
    ("heavier", "按裁量基准从重情节处理", "heavier", None, f"{_LAW}第三十四条", None),
)


def upgrade() -> None:
    for statement in _GROWN:
        op.execute(statement)
    connection = op.get_bind()
    # The owner is bound by row-level security too; these rows belong to every district.
    connection.execute(sa.text("SELECT set_config('ssj.district', '*', true)"))
    connection.execute(
        sa.text(
            "INSERT INTO vocabularies (district, name, version, title, source, effective_on)"
            " VALUES ('*', 'discretion', 1, '裁量情节', :source, DATE '2021-07-15')"
        ),
        {"source": f"{_LAW}第三十二条至第三十四条"},
    )
    columns = ("code", "text", "kind", "days", "basis", "max_severity")
    connection.execute(
        sa.text(
            "INSERT INTO vocabulary_codes (district, name, version, ordinal, code, text, kind, days, basis,"
            " max_severity) VALUES ('*', 'discretion', 1, :ordinal, :code, :text, :kind, :days, :basis, :max_severity)"
        ),
        [{"ordinal": place, **dict(zip(columns, row, strict=True))} for place, row in enumerate(_ROWS, start=1)],
    )


def downgrade() -> None:
    raise RuntimeError("results are kept: restore a backup")
