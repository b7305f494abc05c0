"""The first versions of the code tables: 检查结果, 核查方式 (provincial result form), 名单.

Data, not code: a later version is a further set of rows, these stay for what was coded with them.
"""

import sqlalchemy as sa
from alembic import op

revision = "results_0002"
down_revision = "results_0001"
branch_labels = None
depends_on = None

_TABLES = (
    ("outcome", "检查结果", "省级双随机平台检查结果表"),
    ("method", "检查方式", "省级双随机平台核查方式表；工作方案 二（五）"),
    ("listing", "名单", "工作方案 二（七）"),
)
# code, text, parent, kind, needs_follow_up, visit_outcome
_OUTCOMES = (
    ("1", "未发现问题", None, "clean", False, None),
    ("A", "发现问题待后续处理", None, "problem", True, None),
    ("2", "违反市场监管规定", "A", "group", True, None),
    ("B", "未按规定公示应当公示的信息", "2", "problem", True, None),
    ("C", "公示信息隐瞒真实情况、弄虚作假", "2", "problem", True, None),
    ("6", "通过登记的住所（经营场所）无法联系", "2", "problem", True, "not_found"),
    ("D", "其他违反市场监管规定的行为", "2", "problem", True, None),
    ("3", "违反食品药品监管规定", "A", "problem", True, None),
    ("4", "违反质量技术监督规定", "A", "problem", True, None),
    ("5", "违反其他部门监管规定", "A", "problem", True, None),
    ("G", "违反公安部门监管规定", "A", "problem", True, None),
    ("E", "发现问题经责令已改正", None, "problem", False, None),
    ("F", "未发现开展本次抽查涉及的经营活动", None, "neutral", False, None),
    ("7", "已关闭停业或正在组织清算", None, "ceased", False, "closed"),
    ("8", "不配合检查情节严重", None, "problem", True, None),
    ("9", "注销", None, "ceased", False, None),
    ("10", "被吊销", None, "ceased", False, None),
    ("11", "被撤销", None, "ceased", False, None),
    ("12", "迁出", None, "ceased", False, "moved"),
)
_METHODS = (
    ("on_site", "实地核查", None, "on_site", False, None),
    ("written", "书面检查", None, "remote", False, None),
    ("network", "网络监测", None, "remote", False, None),
    ("testing", "检验检测", None, "remote", False, None),
    ("relied_on", "行政部门检查结果、司法文书或专业意见", None, "reliance", False, None),
    ("commissioned", "委托专业机构辅助", None, "remote", False, None),
)
_LISTS = (
    ("abnormal_operations", "经营异常名录", None, "list", False, None),
    ("serious_violations", "严重违法失信名单", None, "list", False, None),
    ("major_tax_violations", "重大税收违法案件当事人名单", None, "list", False, None),
    ("judgment_defaulters", "失信被执行人名单", None, "list", False, None),
)


def upgrade() -> None:
    connection = op.get_bind()
    # The owner is bound by row-level security too; these rows belong to every district.
    connection.execute(sa.text("SELECT set_config('ssj.district', '*', true)"))
    connection.execute(
        sa.text(
            "INSERT INTO vocabularies (district, name, version, title, source, effective_on)"
            " VALUES ('*', :name, 1, :title, :source, DATE '2020-01-01')"
        ),
        [{"name": name, "title": title, "source": source} for name, title, source in _TABLES],
    )
    columns = ("code", "text", "parent", "kind", "needs_follow_up", "visit_outcome")
    rows = [
        {"name": name, "ordinal": ordinal, **dict(zip(columns, code, strict=True))}
        for name, codes in (("outcome", _OUTCOMES), ("method", _METHODS), ("listing", _LISTS))
        for ordinal, code in enumerate(codes, start=1)
    ]
    connection.execute(
        sa.text(
            "INSERT INTO vocabulary_codes (district, name, version, ordinal, code, text, parent, kind, needs_follow_up,"
            " visit_outcome) VALUES ('*', :name, 1, :ordinal, :code, :text, :parent, :kind, :needs_follow_up,"
            " :visit_outcome)"
        ),
        rows,
    )


def downgrade() -> None:
    raise RuntimeError("published results refer to these codes")
