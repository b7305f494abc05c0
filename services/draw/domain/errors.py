"""Refusals (拒绝) of `ssj-draw/1`, section 6: one class per row, in the order of the rows.

    Refusal
    ├── DocumentRefusal    TEXT JSON SPEC FIELD
    ├── RulesRefusal       DUPLICATE_ID REFERENCE TEAM ALLOC CEREMONY
    ├── PoolRefusal        POOL_FORM POOL_ORDER POOL_ROOT POOL_OVERLAP
    ├── ListRefusal        LIST_FORM LIST_HASH
    ├── OpeningRefusal     OPENING BLIND_KEY RECORD OPENING_POOL OPENING_ROSTER
    ├── RevealRefusal      SHARE SHARE_COUNT BEACON
    ├── ComputationRefusal REGION SUBSTITUTION
    ├── LogRefusal         LOG_CHAIN LOG_TIME LOG_REDRAW LOG_COMMIT LOG_STATE LOG_CONTENT
    └── ResultDiffers      RESULT

`code` is the protocol's and never changes; `message` is what an officer or citizen reads; `detail` names the place.
"""

from typing import ClassVar


class Refusal(Exception):
    """A document, list or log that the protocol refuses. Carries `code`, `message` and `detail` (Chinese)."""

    code: ClassVar[str] = ""
    message: ClassVar[str] = ""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}：{self.message}" + (f"（{detail}）" if detail else ""))
        self.detail = detail

    def __reduce__(self) -> tuple[type["Refusal"], tuple[str]]:
        """A refusal met in a worker process comes back as it was raised."""
        return type(self), (self.detail,)


class DocumentRefusal(Refusal):
    """One document by itself."""


class TextRefused(DocumentRefusal):
    code = "TEXT"
    message = "文本不是 NFC 规范形式，或含有孤立代理码"


class JsonRefused(DocumentRefusal):
    code = "JSON"
    message = "文本不是一个严格的 JSON 对象"


class SpecRefused(DocumentRefusal):
    code = "SPEC"
    message = "规范名称、文档种类或密码套件缺失、未知，或不是应有的种类"


class FieldRefused(DocumentRefusal):
    code = "FIELD"
    message = "成员缺失、多余、类型不符或超出范围"


class RulesRefusal(Refusal):
    """The commitment (承诺书) against itself."""


class DuplicateId(RulesRefusal):
    code = "DUPLICATE_ID"
    message = "编号重复"


class ReferenceRefused(RulesRefusal):
    code = "REFERENCE"
    message = "抽取范围引用了未声明的分层"


class TeamRefused(RulesRefusal):
    code = "TEAM"
    message = "检查组不足两名执法人员、专家未排在最后，或使用了保留标签 expert"


class AllocRefused(RulesRefusal):
    code = "ALLOC"
    message = "分配规则无法执行"


class CeremonyRefused(RulesRefusal):
    code = "CEREMONY"
    message = "最少份额数、无信标声明或各项时间的先后不符合仪式规则"


class PoolRefusal(Refusal):
    """The strata's token files (分层名册)."""


class PoolForm(PoolRefusal):
    code = "POOL_FORM"
    message = "已声明分层的标识缺失，或不是 64 位小写十六进制"


class PoolOrder(PoolRefusal):
    code = "POOL_ORDER"
    message = "分层标识没有严格递增"


class PoolRoot(PoolRefusal):
    code = "POOL_ROOT"
    message = "分层的数量或默克尔根与承诺书不一致"


class PoolOverlap(PoolRefusal):
    code = "POOL_OVERLAP"
    message = "同一抽取范围的两个分层含有相同标识"


class ListRefusal(Refusal):
    """Roster (执法人员名录) and recusals (回避名单)."""


class ListForm(ListRefusal):
    code = "LIST_FORM"
    message = "执法人员名录或回避名单的行格式不符、次序不对，或人员标识重复"


class ListHash(ListRefusal):
    code = "LIST_HASH"
    message = "执法人员名录或回避名单与承诺书中的摘要不一致"


class OpeningRefusal(Refusal):
    """Openings (揭示) and private records behind the tokens."""


class OpeningRefused(OpeningRefusal):
    code = "OPENING"
    message = "公开的揭示格式不符、次序不对，或与标识、名册、名录不一致"


class BlindKeyRefused(OpeningRefusal):
    code = "BLIND_KEY"
    message = "盲化密钥与承诺不符"


class RecordRefused(OpeningRefusal):
    code = "RECORD"
    message = "内部记录格式不符，或对象编号、人员编号重复"


class OpeningPool(OpeningRefusal):
    code = "OPENING_POOL"
    message = "内部记录与已声明的分层不完全一致"


class OpeningRoster(OpeningRefusal):
    code = "OPENING_ROSTER"
    message = "人员记录的标识或部门与执法人员名录不一致"


class RevealRefusal(Refusal):
    """Shares (份额) and beacons (公共随机源)."""


class ShareRefused(RevealRefusal):
    code = "SHARE"
    message = "份额的见证方未知、重复，或份额与其承诺不符"


class ShareCount(RevealRefusal):
    code = "SHARE_COUNT"
    message = "收到的份额少于承诺书规定的最少份额数"


class BeaconRefused(RevealRefusal):
    code = "BEACON"
    message = "公共随机源与承诺书所列不完全一致，或取值格式不符"


class ComputationRefusal(Refusal):
    """Met while the result is computed."""


class RegionUnknown(ComputationRefusal):
    code = "REGION"
    message = "被抽中或递补的对象没有揭示，也没有内部记录"


class SubstitutionRefused(ComputationRefusal):
    code = "SUBSTITUTION"
    message = "递补所涉对象当前未被抽中，或该人员不在其检查组"


class LogRefusal(Refusal):
    """The public log (公开日志), section 2."""


class LogChain(LogRefusal):
    code = "LOG_CHAIN"
    message = "日志序号或前一文档的摘要不符"


class LogTime(LogRefusal):
    code = "LOG_TIME"
    message = "日志时间倒退、早于或晚于规定时刻，或作废的 late 标记不符"


class LogRedraw(LogRefusal):
    code = "LOG_REDRAW"
    message = "重抽不符合规则：抽取编号重复，或没有接续同一任务已作废的抽取"


class LogCommit(LogRefusal):
    code = "LOG_COMMIT"
    message = "文档所属的抽取、密码套件或承诺摘要不符"


class LogState(LogRefusal):
    code = "LOG_STATE"
    message = "文档不符合抽取当前所处的阶段，或结果版本不符"


class LogContent(LogRefusal):
    code = "LOG_CONTENT"
    message = "日志内容与所验证的承诺书、份额、随机源、递补、结果或揭示不一致"


class ResultDiffers(Refusal):
    code = "RESULT"
    message = "重新计算的种子、结果文本或结果摘要与公布的不一致"
