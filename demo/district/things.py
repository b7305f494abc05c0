"""Objects of inspection that are no businesses: products, projects, sites. None of them has a USCC."""

from datetime import date, timedelta
from random import Random
from typing import Final

from demo.district.entities import LAST_REGISTRATION, Business, Register
from demo.district.model import PRODUCT, PROJECT, SITE, Entity, Town
from demo.district.naming import address, word

_PROJECTS: Final = (
    ("住宅小区建设项目", None, ("房屋市政工程", "建设用地项目", "招标投标项目", "建设项目环评")),
    ("学校教学楼建设项目", None, ("房屋市政工程", "招标投标项目", "政府采购项目")),
    ("市政道路改造工程", None, ("房屋市政工程", "招标投标项目")),
    ("农村公路改建工程", None, ("公路工程", "招标投标项目", "生产建设项目水土保持")),
    ("河道治理工程", None, ("水利工程", "招标投标项目")),
    ("灌区节水改造工程", None, ("水利工程", "建设项目环评")),
    ("标准化厂房建设项目", None, ("企业投资项目", "建设用地项目", "建设项目环评", "生产建设项目水土保持")),
    ("仓储物流园项目", None, ("企业投资项目", "建设用地项目", "建设项目环评")),
    ("分布式光伏发电项目", None, ("企业投资项目", "生产建设项目水土保持")),
    ("办公设备采购项目", None, ("政府采购项目",)),
    ("信息化系统采购项目", None, ("政府采购项目", "招标投标项目")),
)
_SITES: Final = (
    ("小学", "8221", ("学校",)),
    ("初级中学", "8231", ("学校",)),
    ("小学食堂", "8221", ("学校食堂",)),
    ("中学食堂", "8231", ("学校食堂",)),
    ("农贸市场", "7291", ("农贸市场",)),
    ("加油加气站点", "5264", ("加油加气站",)),
    ("文化馆", "8770", ("文化场馆",)),
    ("公墓", "7980", ("公墓",)),
    ("体育馆", "8820", ("体育场馆",)),
    ("游泳馆", "8830", ("游泳场所", "体育经营")),
    ("水源地", "4610", ("饮用水水源地",)),
    ("风景区", "7852", ("旅游景区",)),
    ("商业广场", "7291", ("特种设备",)),
)
# New forms of business that no line of the duty map names yet: the regulatory vacuum (监管真空, L6) of the demo.
_UNCLAIMED: Final = (
    ("露营基地", None, ("露营",)),
    ("密室逃脱馆", None, ("密室逃脱",)),
    ("室内冲浪馆", None, ("室内冲浪",)),
)
_UNCLAIMED_EVERY: Final = 18
_FIRST_DAY: Final = {PROJECT: date(2023, 1, 1), SITE: date(1995, 1, 1)}
_SPECIFICATIONS: Final = {
    "农产品": ("散装", "5kg/箱", "礼盒装", "2.5kg/袋"),
    "食品": ("500g/袋", "1kg/盒", "5L/桶", "250ml/瓶", "散装称重"),
    "工业产品": ("Ⅰ型", "Ⅱ型", "Ⅲ型", "A级", "标准型"),
}

_Sort = tuple[str, str | None, tuple[str, ...]]


def products(rng: Random, register: Register, makers: list[Business], count: int) -> list[Entity]:
    """`count` products of businesses whose trade makes some; the tag says by which law a product is looked at."""
    able = [maker for maker in makers if maker.trade.products and maker.entity.state == "存续"]
    return [_product(rng, register, rng.choice(able)) for _ in range(count)]


def projects(rng: Random, register: Register, towns: tuple[Town, ...], count: int) -> list[Entity]:
    return [_place(rng, register, PROJECT, rng.choice(_PROJECTS), rng.choice(towns)) for _ in range(count)]


def sites(rng: Random, register: Register, towns: tuple[Town, ...], count: int) -> list[Entity]:
    """Sites of all sorts; every eighteenth is one nobody answers for."""
    sorts = [rng.choice(_UNCLAIMED if order % _UNCLAIMED_EVERY == 0 else _SITES) for order in range(1, count + 1)]
    return [_place(rng, register, SITE, sort, rng.choice(towns)) for sort in sorts]


def _product(rng: Random, register: Register, maker: Business) -> Entity:
    label = rng.choice(maker.trade.products)
    tags = (_product_tag(maker.trade.tags),)
    specification = rng.choice(_SPECIFICATIONS[tags[0]])
    number = register.number()
    producer = maker.entity
    return Entity(
        external_no=number,
        name=register.names.take(lambda: f"“{word(rng)}”牌{label}（{specification}）"),
        uscc=None,
        kind=PRODUCT,
        state="存续",
        registered_on=_day_after(rng, producer.registered_on),
        town=producer.town,
        address=producer.address,
        industry=producer.industry,
        departments=register.departments(PRODUCT, tags),
        tags=tags,
        producer_no=producer.external_no,
        phone=producer.phone,
    )


def _place(rng: Random, register: Register, kind: str, sort: _Sort, town: Town) -> Entity:
    label, industry, tags = sort
    number = register.number()
    return Entity(
        external_no=number,
        name=register.names.take(lambda: f"孟津区{town.name}{word(rng)}{label}"),
        uscc=None,
        kind=kind,
        state="存续",
        registered_on=_day_after(rng, _FIRST_DAY[kind]),
        town=town.code,
        address=address(rng, town),
        industry=industry,
        departments=register.departments(kind, tags),
        tags=tags,
        producer_no=None,
        phone=register.phone(),
    )


def _product_tag(trade_tags: tuple[str, ...]) -> str:
    if "农产品" in trade_tags:
        return "农产品"
    return "食品" if "食品生产" in trade_tags else "工业产品"


def _day_after(rng: Random, first: date) -> date:
    return first + timedelta(days=rng.randint(0, (LAST_REGISTRATION - first).days))
