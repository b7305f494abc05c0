"""The columns of import files: our field, the Chinese header, what the template says of it (conventions 4.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.registry.domain.import_cells import tidy
from services.registry.domain.import_rows import ImportKind
from shared.values.errors import Invalid


class UnknownImportField(Invalid):
    message = "“{field}”不是可以导入的字段"


class PersonalDefault(Invalid):
    """A default stands in the job, its audit row and its answers, where a personal field must not (SEC5)."""

    message = "“{header}”是个人信息，不能设默认值"


class ColumnMissing(Invalid):
    message = "文件缺少必需的列：{headers}"


class MappedHeaderMissing(Invalid):
    message = "文件中没有对应关系里写的列：{headers}"


class HeaderRepeated(Invalid):
    message = "文件的标题行中“{header}”出现了不止一次"


@dataclass(frozen=True, slots=True)
class ImportField:
    """`aliases` are other headers taken for it; `in_template` False: only reachable by a mapping."""

    name: str
    header: str
    example: str = ""
    required: bool = False
    personal: bool = False
    aliases: tuple[str, ...] = ()
    note: str = ""
    in_template: bool = True


IMPORT_FIELDS: Final[Mapping[ImportKind, tuple[ImportField, ...]]] = {
    ImportKind.ENTITIES: (
        ImportField(
            "external_no",
            "检查对象编号",
            "MJ000001",
            aliases=("外部编号", "检查对象编号(外部编号)"),
            note="与信用代码至少填一项",
        ),
        ImportField("name", "名称", "洛阳市孟津区示例面业有限公司", required=True),
        ImportField("uscc", "统一社会信用代码", "91410308MA0000001U", note="有则须有效"),
        ImportField(
            "kind",
            "类别",
            "企业",
            note="企业、个体工商户、农民专业合作社、产品、项目、场所；没有此列时由信用代码或企业类型推出",
        ),
        ImportField("status", "登记状态", "存续", note="存续、注销、吊销、撤销、迁出；空则为存续"),
        ImportField("registered_on", "成立日期", "2020-05-18"),
        ImportField("region_code", "所在镇街代码", "410308100", note="空则由地址中的镇街名推出，再空则为区代码"),
        ImportField("address", "地址", "城关镇示例路1号"),
        ImportField("industry_code", "行业代码", "1310"),
        ImportField("industry_edition", "行业版本", "2017", note="2011 或 2017；空则为 2017"),
        ImportField("departments", "监管部门", "SCJG、YJJ", note="部门代码或名称，用、分隔"),
        ImportField("tags", "标签", "食品生产、工贸企业", note="用、分隔"),
        ImportField("producer_external_no", "生产单位编号", "", note="产品填写"),
        ImportField("legal_rep_phone", "法定代表人联系电话", "13800000000", personal=True),
        ImportField("registered_type", "企业类型", aliases=("主体类型",), in_template=False),
    ),
    ImportKind.INSPECTORS: (
        ImportField("inspector_no", "执法人员编号", "ZF00001", required=True),
        ImportField("name", "姓名", "张示例", required=True),
        ImportField("owner_department", "部门", "SCJG", required=True, note="部门代码或名称"),
        ImportField("certificate_no", "执法证号", "16030800001", required=True),
        ImportField("issuer", "发证机关", "河南省人民政府"),
        ImportField("valid_until", "证件有效期至", "2028-12-31", required=True),
        ImportField("fields", "执法领域", "食品安全、特种设备", note="用、分隔"),
        ImportField("expertise", "业务专长", "食品检验", note="用、分隔"),
        ImportField("regions", "执法区域", "全区", note="镇街代码或名称，用、分隔；空或全区为不限"),
        ImportField("phone", "联系电话", "13800000000", personal=True),
        ImportField("status", "状态", "在岗", note="在岗、暂停、离岗；空则为在岗"),
    ),
    ImportKind.EXPERTS: (
        ImportField("expert_no", "专家编号", "ZJ001", required=True),
        ImportField("name", "姓名", "李示例", required=True, aliases=("名称", "姓名或名称")),
        ImportField("kind", "类型", "个人", aliases=("专家类型", "类别"), note="个人、机构；空则为个人"),
        ImportField("organisation", "工作单位", "示例检测研究院", aliases=("所在单位", "单位")),
        ImportField("fields", "专业领域", "食品检验、特种设备", aliases=("领域", "业务专长")),
        ImportField("title", "职称", "高级工程师"),
        ImportField("qualification", "资质证书", "注册安全工程师", aliases=("资质", "资格")),
        ImportField("valid_until", "资质有效期至", "2028-12-31", aliases=("有效期至",)),
        ImportField("phone", "联系电话", "13800000000", personal=True),
        ImportField("status", "状态", "在岗"),
    ),
    ImportKind.DEPARTMENTS: (
        ImportField("code", "部门代码", "SCJG", required=True, aliases=("code",)),
        ImportField("name", "部门全称", "洛阳市孟津区市场监督管理局", required=True, aliases=("部门名称", "name")),
        ImportField("short_name", "部门简称", "区市场监管局", aliases=("简称", "short_name")),
        ImportField("uscc", "统一社会信用代码", "", aliases=("uscc",)),
    ),
}
KIND_TITLES: Final = {
    ImportKind.ENTITIES: "检查对象",
    ImportKind.INSPECTORS: "执法检查人员",
    ImportKind.EXPERTS: "专家",
    ImportKind.DEPARTMENTS: "部门",
}


def field_named(kind: ImportKind, name: str) -> ImportField:
    """Raises UnknownImportField."""
    for field in IMPORT_FIELDS[kind]:
        if field.name == name:
            return field
    raise UnknownImportField(field=name)


def template_fields(kind: ImportKind) -> tuple[ImportField, ...]:
    return tuple(field for field in IMPORT_FIELDS[kind] if field.in_template)


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Where each of our fields stands in the file, how wide a row is, and the headers nobody asked for."""

    places: Mapping[str, int]
    width: int
    ignored: tuple[str, ...]

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        return {name: row[place] for name, place in self.places.items() if place < len(row)}


def plan_columns(
    kind: ImportKind, headers: Sequence[str], mapping: Mapping[str, str], defaults: Mapping[str, str]
) -> ColumnPlan:
    """Finds our fields by the mapping first, then by our own headers.

    Raises MappedHeaderMissing, HeaderRepeated, or ColumnMissing for a required field with neither column nor default.
    """
    written = [tidy(header.lstrip("\ufeff")) for header in headers]
    absent = sorted({header for header in mapping.values() if tidy(header) not in written})
    if absent:
        raise MappedHeaderMissing(headers="、".join(absent))
    places: dict[str, int] = {}
    for field in IMPORT_FIELDS[kind]:
        wanted = (tidy(mapping[field.name]),) if field.name in mapping else (field.header, *field.aliases)
        found = [place for place, header in enumerate(written) if header in wanted]
        if len(found) > 1:
            raise HeaderRepeated(header=written[found[0]])
        if found:
            places[field.name] = found[0]
    missing = [f.header for f in IMPORT_FIELDS[kind] if f.required and f.name not in places and f.name not in defaults]
    if missing:
        raise ColumnMissing(headers="、".join(missing))
    taken = set(places.values())
    ignored = tuple(header for place, header in enumerate(written) if place not in taken and header)
    return ColumnPlan(places, len(written), ignored)


def header_of(kind: ImportKind, name: str) -> str:
    """The Chinese header of one of our fields; empty for a finding about the whole row."""
    return next((field.header for field in IMPORT_FIELDS[kind] if field.name == name), "")
