"""Calendar notices, exemptions, recognitions, follow-ups, statements, deadline warnings; what of it is coded data."""

import sqlalchemy as sa
from alembic import op

from shared.runtime.rls import protect_district, protect_table

revision = "results_0004"
down_revision = "results_0003"
branch_labels = None
depends_on = None

_GROWN = """
ALTER TABLE vocabulary_codes ADD COLUMN days integer;
ALTER TABLE result_versions ADD COLUMN entity_id uuid;
ALTER TABLE result_versions NO FORCE ROW LEVEL SECURITY;
UPDATE result_versions SET entity_id = CAST(CAST(body AS jsonb) ->> 'entity_id' AS uuid);
ALTER TABLE result_versions FORCE ROW LEVEL SECURITY;
CREATE INDEX ix_result_versions_entity_id ON result_versions (district, entity_id);
CREATE TABLE watched_districts (
    name text CONSTRAINT pk_watched_districts PRIMARY KEY
);
ALTER TABLE replica_visits NO FORCE ROW LEVEL SECURITY;
INSERT INTO watched_districts SELECT DISTINCT district FROM replica_visits;
ALTER TABLE replica_visits FORCE ROW LEVEL SECURITY
"""

_DEADLINES = """
CREATE TABLE calendar_notices (
    district text NOT NULL,
    year integer NOT NULL,
    version integer NOT NULL,
    document_no text NOT NULL,
    published_on date NOT NULL,
    days_off date[] NOT NULL,
    working_weekends date[] NOT NULL,
    filed_by text NOT NULL,
    filed_at timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    CONSTRAINT pk_calendar_notices PRIMARY KEY (district, year, version)
);
CREATE TABLE deadline_warnings (
    district text NOT NULL,
    owner_department text NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    stage integer NOT NULL,
    due_on date NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT pk_deadline_warnings PRIMARY KEY (district, kind, subject_id, stage, due_on)
);
CREATE TABLE result_exemptions (
    district text NOT NULL,
    owner_department text NOT NULL,
    record_id uuid NOT NULL,
    ground text NOT NULL,
    basis text NOT NULL,
    reason text NOT NULL,
    approved_by text NOT NULL,
    approved_at timestamptz NOT NULL,
    exempted_on date NOT NULL,
    CONSTRAINT pk_result_exemptions PRIMARY KEY (district, record_id)
);
CREATE INDEX ix_result_exemptions_day ON result_exemptions (district, exempted_on, record_id);
CREATE TABLE recognitions (
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    id uuid NOT NULL,
    record_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    result_id uuid NOT NULL,
    result_version integer NOT NULL,
    result_digest text NOT NULL,
    result_department text NOT NULL,
    concluded_on date NOT NULL,
    covers jsonb NOT NULL,
    reason text NOT NULL,
    approved_by text NOT NULL,
    approved_at timestamptz NOT NULL,
    revoked_reason text,
    revoked_by text,
    revoked_at timestamptz,
    CONSTRAINT pk_recognitions PRIMARY KEY (district, id)
);
CREATE INDEX ix_recognitions_record_id ON recognitions (district, record_id);
CREATE INDEX ix_recognitions_result_id ON recognitions (district, result_id)
"""

_FOLLOW_UPS = """
CREATE TABLE follow_ups (
    district text NOT NULL,
    owner_department text NOT NULL,
    participants text[] NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    result_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    entity_id uuid NOT NULL,
    entity_name text NOT NULL,
    uscc text,
    opener text NOT NULL,
    kind text NOT NULL,
    demand text NOT NULL,
    receiver text NOT NULL,
    days integer NOT NULL,
    opened_on date NOT NULL,
    due_on date NOT NULL,
    due_is_provisional boolean NOT NULL,
    state text NOT NULL,
    outcome text,
    document_no text NOT NULL DEFAULT '',
    closed_on date,
    reinspection_visit_id uuid,
    CONSTRAINT pk_follow_ups PRIMARY KEY (district, id)
);
CREATE INDEX ix_follow_ups_due ON follow_ups (district, due_on, id);
CREATE INDEX ix_follow_ups_result_id ON follow_ups (district, result_id);
CREATE TABLE follow_ups_history (
    district text NOT NULL,
    follow_up_id uuid NOT NULL,
    version integer NOT NULL,
    act text NOT NULL,
    detail text NOT NULL,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL,
    CONSTRAINT pk_follow_ups_history PRIMARY KEY (district, follow_up_id, version)
);
CREATE TABLE statements (
    district text NOT NULL,
    owner_department text NOT NULL,
    id uuid NOT NULL,
    version integer NOT NULL,
    result_id uuid NOT NULL,
    result_version integer NOT NULL,
    entity_id uuid NOT NULL,
    entity_name text NOT NULL,
    channel text NOT NULL,
    text text NOT NULL,
    submitted_by text NOT NULL,
    submitted_at timestamptz NOT NULL,
    state text NOT NULL,
    reason text NOT NULL DEFAULT '',
    moderated_by text,
    moderated_at timestamptz,
    CONSTRAINT pk_statements PRIMARY KEY (district, id)
);
CREATE INDEX ix_statements_result_id ON statements (district, result_id)
"""

_TABLES = (
    ("exemption_ground", "免予公示事由", "政府信息公开条例（国令第711号）第十四条至第十六条"),
    ("follow_up", "后续处置", "工作方案 二（六）；期限为工作日"),
    ("follow_up_outcome", "后续处置结果", "工作方案 二（六）"),
    ("major_decision", "须经法制审核的重大决定", "行政处罚法（2021）第五十八条；国办发〔2018〕118号"),
    ("term", "时限与提醒", "工作方案 二（六）"),
)
# name, code, text, parent, kind, days
_CODES = (
    ("exemption_ground", "state_secret", "涉及国家秘密", None, "exemption", None),
    (
        "exemption_ground",
        "public_security",
        "公开可能危及国家安全、公共安全、经济安全、社会稳定",
        None,
        "exemption",
        None,
    ),
    ("exemption_ground", "trade_secret", "涉及商业秘密，公开会损害第三方合法权益", None, "exemption", None),
    ("exemption_ground", "privacy", "涉及个人隐私，公开会损害第三方合法权益", None, "exemption", None),
    ("exemption_ground", "law", "法律、行政法规禁止公开的其他情形", None, "exemption", None),
    ("follow_up", "rectification", "责令改正", None, "own", 30),
    ("follow_up", "case_filing", "立案查处", None, "own", 15),
    ("follow_up", "transfer", "移送其他部门", None, "department", 10),
    ("follow_up", "judiciary", "涉嫌犯罪移送司法机关", None, "receiver", 3),
    ("follow_up", "other_district", "移送其他地区（属地管理）", None, "receiver", 7),
    ("follow_up_outcome", "rectified", "已改正", "rectification", "settled", None),
    ("follow_up_outcome", "not_rectified", "逾期未改正", "rectification", "unsettled", None),
    ("follow_up_outcome", "ceased", "已停业或注销", "rectification", "settled", None),
    ("follow_up_outcome", "penalised", "已立案并作出处罚决定", "case_filing", "settled", None),
    ("follow_up_outcome", "filed", "已立案", "case_filing", "settled", None),
    ("follow_up_outcome", "not_filed", "不予立案", "case_filing", "settled", None),
    ("follow_up_outcome", "accepted", "已接收并处理", "transfer", "settled", None),
    ("follow_up_outcome", "sent_back", "不属于本部门职责，退回", "transfer", "unsettled", None),
    ("follow_up_outcome", "case_opened", "司法机关已立案", "judiciary", "settled", None),
    ("follow_up_outcome", "declined", "司法机关不予立案", "judiciary", "unsettled", None),
    ("follow_up_outcome", "accepted_elsewhere", "对方已受理", "other_district", "settled", None),
    ("follow_up_outcome", "sent_back_elsewhere", "对方退回", "other_district", "unsettled", None),
    ("major_decision", "serious_violations", "列入严重违法失信名单", None, "list", None),
    ("major_decision", "major_tax_violations", "列入重大税收违法案件当事人名单", None, "list", None),
    ("major_decision", "8", "认定不配合检查情节严重", None, "outcome", None),
    ("term", "conclusion", "检查后形成结果的期限（工作日）", None, "working_days", 10),
    ("term", "recognition", "可以互认的结果的最长时间（自然日）", None, "calendar_days", 180),
    ("term", "warning_5", "到期前 5 个工作日提醒", None, "warning", 5),
    ("term", "warning_1", "到期前 1 个工作日提醒", None, "warning", 1),
    ("term", "warning_0", "到期当日提醒", None, "warning", 0),
)
_DISTRICT = "district = current_setting('ssj.district', true)"
_DEPARTMENT = "current_setting('ssj.department', true)"
_WORKER = "current_setting('ssj.worker', true) = 'on'"
_READS_ALL = "current_setting('ssj.reads_all', true) = 'on'"
_OFFICE = "current_setting('ssj.joint_office', true) = 'on'"


def _protect() -> None:
    protect_district("calendar_notices")
    for table in ("deadline_warnings", "result_exemptions", "statements"):
        protect_table(table)
    for table in ("recognitions", "follow_ups"):
        protect_table(table, participants=True)
    # The joint office counts exemptions and follow-ups and sees who relies on whom (R3, R4, R5).
    for table in ("result_exemptions", "recognitions", "follow_ups"):
        op.execute(f"CREATE POLICY {table}_office ON {table} FOR SELECT USING ({_DISTRICT} AND {_OFFICE})")
    # Who found the problem opens its follow-up, also where another department answers (谁主管谁监管).
    op.execute(
        f"CREATE POLICY follow_ups_open ON follow_ups FOR INSERT WITH CHECK ({_DISTRICT} AND opener = {_DEPARTMENT})"
    )
    # A statement that passed moderation is public beside its result (B6).
    op.execute(f"CREATE POLICY statements_public ON statements FOR SELECT USING ({_DISTRICT} AND state = 'published')")
    parent = "SELECT FROM follow_ups f WHERE f.district = follow_ups_history.district AND f.id = follow_up_id"
    is_party = f"f.owner_department = {_DEPARTMENT} OR f.opener = {_DEPARTMENT} OR {_WORKER}"
    op.execute("ALTER TABLE follow_ups_history ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE follow_ups_history FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY follow_ups_history_read ON follow_ups_history FOR SELECT"
        f" USING ({_DISTRICT} AND EXISTS ({parent} AND ({is_party} OR {_READS_ALL})))"
    )
    op.execute(
        "CREATE POLICY follow_ups_history_add ON follow_ups_history FOR INSERT"
        f" WITH CHECK ({_DISTRICT} AND EXISTS ({parent} AND ({is_party})))"
    )


def upgrade() -> None:
    for statement in ";\n".join((_GROWN, _DEADLINES, _FOLLOW_UPS)).split(";\n"):
        if statement.strip():
            op.execute(statement)
    _protect()
    connection = op.get_bind()
    connection.execute(sa.text("SELECT set_config('ssj.district', '*', true)"))
    connection.execute(
        sa.text(
            "INSERT INTO vocabularies (district, name, version, title, source, effective_on)"
            " VALUES ('*', :name, 1, :title, :source, DATE '2020-01-01')"
        ),
        [{"name": name, "title": title, "source": source} for name, title, source in _TABLES],
    )
    columns = ("name", "code", "text", "parent", "kind", "days")
    connection.execute(
        sa.text(
            "INSERT INTO vocabulary_codes (district, name, version, ordinal, code, text, parent, kind, days)"
            " VALUES ('*', :name, 1, :ordinal, :code, :text, :parent, :kind, :days)"
        ),
        [{"ordinal": place, **dict(zip(columns, row, strict=True))} for place, row in enumerate(_CODES, start=1)],
    )


def downgrade() -> None:
    raise RuntimeError("exemptions, follow-ups and statements are kept")
