"""Wording of codes that public facts carry: 检查结果, 检查方式, 名单, 免予公示事由, 后续处置. A code that is not here
is shown as it is: the public texts of findings come with the facts themselves.

Sources: domain-facts section 3 (检查结果 since 2017), results' code tables as shipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OUTCOMES: Final[Mapping[str, str]] = {
    "1": "未发现问题",
    "2": "发现问题：违反市场监管规定",
    "3": "发现问题：违反食品药品监管规定",
    "4": "发现问题：违反质量监管规定",
    "5": "发现问题：违反其他部门规定",
    "6": "通过登记的住所（经营场所）无法联系",
    "7": "已关闭停业或正在组织清算",
    "8": "不配合检查情节严重",
    "9": "注销",
    "10": "被吊销",
    "11": "被撤销",
    "12": "迁出",
    "A": "发现问题待后续处理",
    "B": "未按规定公示应当公示的信息",
    "C": "公示信息隐瞒真实情况、弄虚作假",
    "D": "其他违反市场监管规定的行为",
    "E": "发现问题经责令已改正",
    "F": "未发现开展本次抽查涉及的经营活动",
    "G": "发现问题：违反公安监管规定",
}
CLEAN: Final = frozenset({"1", "F", "7", "9", "10", "11", "12"})
"""Codes that tell of no violation; the last five say what became of the object."""
VISITS: Final[Mapping[str, str]] = {
    "done": "已实施检查",
    "remote": "以数据比对代替上门检查",
    "closed": "已停业，未能实施检查",
    "moved": "已迁出，未能实施检查",
    "not_found": "登记的地址查无此户",
    "excused": "认可其他部门的检查结果",
    "refused": "拒绝检查",
}
METHODS: Final[Mapping[str, str]] = {
    "": "现场检查",
    "on_site": "现场检查",
    "written": "书面检查",
    "online": "网络监测",
    "remote": "非现场检查",
    "special": "专项检查",
    "directed": "定向抽查",
    "undirected": "不定向抽查",
    "random": "随机抽查",
}
ORIGINS: Final[Mapping[str, str]] = {"draw": "双随机抽查", "lead": "线索核查", "reinspection": "复查"}
LISTS: Final[Mapping[str, str]] = {
    "abnormal_operations": "经营异常名录",
    "serious_violations": "严重违法失信名单",
    "major_tax_violations": "重大税收违法失信主体",
    "judgment_defaulters": "失信被执行人",
}
PUBLIC_LISTS: Final = frozenset(LISTS)
"""Lists that the law makes public: 企业信息公示暂行条例; 市场监督管理严重违法失信名单管理办法 (总局令第44号);
重大税收违法失信主体信息公布管理办法; 最高人民法院关于公布失信被执行人名单信息的若干规定. Entries of others are not
kept."""
FOLLOW_UPS: Final[Mapping[str, str]] = {
    "rectification": "责令改正",
    "case_filing": "立案查处",
    "transfer": "移送其他部门",
    "judiciary": "涉嫌犯罪移送司法机关",
    "other_district": "移送其他地区（属地管理）",
}
SEVERITIES: Final[Mapping[int, str]] = {1: "轻微", 2: "较轻", 3: "一般", 4: "较重", 5: "严重"}
LEVELS: Final[Mapping[str, str]] = {"key": "重点检查事项", "general": "一般检查事项"}
CLASSES: Final[Mapping[str, str]] = {"A": "A 类", "B": "B 类", "C": "C 类", "D": "D 类", "U": "未分类", "*": "不分类别"}
NAMES_OPEN: Final[Mapping[str, str]] = {
    "at_result": "检查结果公示时公开抽中名单",
    "as_visited": "逐户检查后公开抽中名单",
}
TASK_STATES: Final[Mapping[str, str]] = {"issued": "已下达", "extended": "已延期", "cancelled": "已取消"}
SERVICES: Final[Mapping[str, str]] = {
    "registry": "名录库服务",
    "planning": "清单与计划服务",
    "draw": "抽取服务",
    "results": "检查结果服务",
    "credit": "信用服务",
}
DATASETS: Final[Mapping[str, str]] = {
    "results": "检查结果",
    "findings": "发现的问题",
    "plans": "抽查计划",
    "listings": "名单列入",
    "changes": "变更（含撤回与停止公示）",
}
"""Open-data sets (开放数据)."""
INDUSTRIES: Final[Mapping[str, str]] = {
    "A": "农、林、牧、渔业",
    "B": "采矿业",
    "C": "制造业",
    "D": "电力、热力、燃气及水生产和供应业",
    "E": "建筑业",
    "F": "批发和零售业",
    "G": "交通运输、仓储和邮政业",
    "H": "住宿和餐饮业",
    "I": "信息传输、软件和信息技术服务业",
    "J": "金融业",
    "K": "房地产业",
    "L": "租赁和商务服务业",
    "M": "科学研究和技术服务业",
    "N": "水利、环境和公共设施管理业",
    "O": "居民服务、修理和其他服务业",
    "P": "教育",
    "Q": "卫生和社会工作",
    "R": "文化、体育和娱乐业",
    "S": "公共管理、社会保障和社会组织",
    "T": "国际组织",
}
"""Sections (门类) of GB/T 4754."""
GROUNDS: Final[Mapping[str, str]] = {
    "state_secret": "涉及国家秘密",
    "public_security": "公开可能危及国家安全、公共安全、经济安全、社会稳定",
    "trade_secret": "涉及商业秘密，公开会损害第三方合法权益",
    "privacy": "涉及个人隐私，公开会损害第三方合法权益",
    "law": "法律、行政法规禁止公开的其他情形",
}
"""政府信息公开条例（国令第711号）第十四条至第十六条."""
FOLLOW_UP_OUTCOMES: Final[Mapping[str, str]] = {
    "rectified": "已改正",
    "not_rectified": "逾期未改正",
    "ceased": "已停业或注销",
    "penalised": "已立案并作出处罚决定",
    "filed": "已立案",
    "not_filed": "不予立案",
    "accepted": "已接收并处理",
    "sent_back": "不属于本部门职责，退回",
    "case_opened": "司法机关已立案",
    "declined": "司法机关不予立案",
    "accepted_elsewhere": "对方已受理",
    "sent_back_elsewhere": "对方退回",
}


def outcome_words(outcome: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Wording of a result's codes; of a visit without any, its one sentence."""
    if codes:
        return tuple(OUTCOMES.get(code, code) for code in codes)
    return (VISITS.get(outcome, outcome),)


def is_problem(codes: tuple[str, ...], findings: int) -> bool:
    """Whether a result tells of a problem: a finding, or a code that is none of `CLEAN`."""
    return findings > 0 or any(code not in CLEAN for code in codes)


def percent(ppm: int) -> str:
    """Parts per million as percent: 50000 → 5%, 1250 → 0.125%."""
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + "%"
