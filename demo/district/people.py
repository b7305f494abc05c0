"""Inspectors (执法检查人员) and experts (专家)."""

from datetime import date, timedelta
from random import Random
from typing import Final

from demo.district.codes import DISTRICT
from demo.district.model import Department, Expert, Inspector, Town
from demo.district.naming import person, phone, word

AS_OF: Final = date(2026, 9, 30)
#: The one field in which nobody holds a certificate: an item without qualified inspector (L6).
UNSTAFFED_FIELD: Final = "无线电管理"

_ISSUER: Final = "河南省人民政府"
_TAX, _TAX_ISSUER = "shuiwu", "国家税务总局河南省税务局"
_FEWEST: Final = 4
_EXPIRED_SHARE: Final = 0.03
_SOON_SHARE: Final = 0.02
_STATES: Final = ("在岗", "休假", "调离", "退休")
_STATE_WEIGHTS: Final = (955, 15, 15, 15)
_EXPERTISE: Final = {
    "食品安全": ("冷链食品", "食品添加剂", "餐饮后厨", "特殊食品"),
    "药品医疗器械": ("药品经营质量管理", "中药饮片", "医疗器械"),
    "特种设备": ("电梯", "压力容器", "起重机械", "锅炉"),
    "产品质量": ("建材", "化工产品", "农资产品"),
    "危险化学品": ("重大危险源", "油品储运", "化工工艺"),
    "工贸安全": ("有限空间", "粉尘防爆", "高温熔融金属"),
    "排污许可": ("自行监测", "台账核查"),
    "大气环境": ("挥发性有机物", "在线监测"),
    "建筑施工": ("深基坑", "起重机械", "脚手架"),
    "道路运输": ("危险货物运输", "动态监控"),
    "医疗卫生": ("医疗废物", "放射诊疗", "口腔诊疗"),
    "畜牧兽医": ("动物检疫", "屠宰管理"),
    "农资管理": ("农药", "种子", "肥料"),
    "税务检查": ("增值税", "企业所得税", "电子取证"),
}
_COMMON_EXPERTISE: Final = ("执法文书", "现场勘验", "案件审核", "电子取证")
# Field of an expert → the kind of institution he works at and the titles of his trade.
_EXPERT_FIELDS: Final = (
    ("特种设备", "特种设备检测有限公司", ("高级工程师", "正高级工程师")),
    ("危险化学品", "安全技术服务有限公司", ("高级工程师", "注册安全工程师")),
    ("食品检验", "食品检验检测有限公司", ("高级工程师", "主任技师")),
    ("环境监测", "环境监测技术有限公司", ("高级工程师", "副研究员")),
    ("建筑结构", "工程技术研究院", ("正高级工程师", "高级工程师")),
    ("职业卫生", "职业卫生技术服务有限公司", ("主任医师", "副主任医师")),
    ("财务审计", "会计师事务所", ("注册会计师", "高级会计师")),
    ("农产品检测", "农业科学研究所", ("研究员", "高级农艺师")),
)


def inspectors(
    rng: Random, departments: tuple[Department, ...], towns: tuple[Town, ...], scale: float
) -> tuple[Inspector, ...]:
    """Every department's officers, at least four each; about 3 % with an expired certificate, 2 % soon to expire."""
    owners = [
        (department, order)
        for department in departments
        for order in range(max(_FEWEST, round(department.inspectors * scale)))
    ]
    days = _validity(rng, len(owners))
    return tuple(
        _inspector(rng, serial, department, order, towns, valid_until)
        for serial, ((department, order), valid_until) in enumerate(zip(owners, days, strict=True), start=1)
    )


def experts(rng: Random, scale: float) -> tuple[Expert, ...]:
    return tuple(_expert(rng, serial) for serial in range(1, max(8, round(40 * scale)) + 1))


def _inspector(
    rng: Random, serial: int, department: Department, order: int, towns: tuple[Town, ...], valid_until: date
) -> Inspector:
    fields = _fields(rng, department, order)
    return Inspector(
        number=f"ZF{serial:05d}",
        name=person(rng),
        department=department.code,
        certificate_no=f"160308{serial:05d}",
        issuer=_TAX_ISSUER if department.code == _TAX else _ISSUER,
        valid_until=valid_until,
        fields=fields,
        expertise=_expertise(rng, fields),
        regions=_regions(rng, towns),
        phone=phone(serial),
        state=rng.choices(_STATES, weights=_STATE_WEIGHTS)[0],
    )


def _fields(rng: Random, department: Department, order: int) -> tuple[str, ...]:
    """One field in turn, so that none is empty, and up to two more."""
    staffed = [field for field in department.fields if field != UNSTAFFED_FIELD]
    first = staffed[order % len(staffed)]
    others = [field for field in staffed if field != first]
    more = rng.sample(others, k=min(len(others), rng.choice((0, 1, 1, 2))))
    return (first, *more)


def _expertise(rng: Random, fields: tuple[str, ...]) -> tuple[str, ...]:
    known = [skill for field in fields for skill in _EXPERTISE.get(field, ())]
    return tuple(dict.fromkeys(rng.sample([*known, *_COMMON_EXPERTISE], k=rng.randint(1, 3))))


def _regions(rng: Random, towns: tuple[Town, ...]) -> tuple[str, ...]:
    if rng.random() < 0.7:
        return (DISTRICT,)
    return tuple(sorted(town.code for town in rng.sample(towns, k=rng.randint(2, 5))))


def _validity(rng: Random, count: int) -> list[date]:
    expired = max(1, round(count * _EXPIRED_SHARE))
    soon = max(1, round(count * _SOON_SHARE))
    days = [AS_OF - timedelta(days=rng.randint(1, 700)) for _ in range(expired)]
    days += [AS_OF + timedelta(days=rng.randint(60, 150)) for _ in range(soon)]
    days += [date(2028, 1, 1) + timedelta(days=rng.randint(0, 1_200)) for _ in range(count - expired - soon)]
    rng.shuffle(days)
    return days


def _expert(rng: Random, serial: int) -> Expert:
    field, institution, titles = _EXPERT_FIELDS[(serial - 1) % len(_EXPERT_FIELDS)]
    return Expert(
        number=f"ZJ{serial:04d}",
        name=person(rng),
        institution=f"{rng.choice(('洛阳', '河南'))}{word(rng)}{institution}",
        field=field,
        title=rng.choice(titles),
        qualification=f"{field}专业技术资格证书",
        valid_until=date(2027, 6, 30) + timedelta(days=rng.randint(0, 900)),
        phone=phone(50_000 + serial),
        state="在库" if rng.random() < 0.95 else "停用",
    )
