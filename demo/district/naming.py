"""Names that look real and are composed: place + word + trade + form for firms, surname + given name for people."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Final

from demo.district.codes import JILI_TOWNS, MERGER
from demo.district.model import COOP, SHOP, Town, Trade

_FIRST: Final = "瑞恒盛禾嘉骏鑫泽宏诚润昌茂丰源汇景铭凯博锦荣启辰佳沃硕竣朗翊煜昱祺炜晟垚森淼屹岳澜沐韵颐禧穗黎"
_SECOND: Final = "达泰隆兴和顺康安祥远腾飞翔华阳明光辉捷信德业创联合众力拓展鼎峰川岭原野田园苑庭轩阁坊宇辰磊彤霖"
_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英志玉建华文斌海燕晓东宏亮雪梅春生国庆红卫学峰新民保利占"
_VILLAGES: Final = "张李王赵刘陈杨吴周郭孟卫游朱梁石双新东西南北前后上下大小"
_VILLAGE_ENDS: Final = ("庄", "沟", "岭", "寨", "窑", "洼", "坡", "河", "寺", "桥")
_ROADS: Final = (
    "河图大道",
    "桂花大道",
    "会盟路",
    "黄河路",
    "小浪底大道",
    "朝阳路",
    "平安街",
    "文化路",
    "工业大道",
    "育才路",
)


class NameBook:
    """Gives out names and never one twice."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def take(self, compose: Callable[[], str]) -> str:
        """The first new name of at most a thousand tries; raises RuntimeError when the words do not suffice."""
        for _ in range(1_000):
            name = compose()
            if name not in self._used:
                self._used.add(name)
                return name
        raise RuntimeError("the word lists are too small for so many names")


def word(rng: Random) -> str:
    """A trade word (字号) of two characters, one in three of three."""
    middle = rng.choice(_FIRST) if rng.random() < 0.33 else ""
    return rng.choice(_FIRST) + middle + rng.choice(_SECOND)


def person(rng: Random) -> str:
    given = "".join(rng.choices(_GIVEN, k=1 if rng.random() < 0.25 else 2))
    return rng.choice(_SURNAMES) + given


def business_name(rng: Random, kind: str, trade: Trade, town: Town, registered_on: date) -> str:
    """The registered name of a business of that kind, with the place name of its day."""
    label = rng.choice(trade.labels[kind])
    if kind == SHOP:
        return f"{_county(registered_on, town)}{town.name}{_shop_word(rng)}{label}"
    if kind == COOP:
        return f"{_county(registered_on, town)}{town.name}{word(rng)}{label}专业合作社"
    return _place(rng, registered_on, town) + word(rng) + label + _firm_form(rng, trade, label)


def address(rng: Random, town: Town) -> str:
    if rng.random() < 0.45:
        return f"洛阳市孟津区{town.name}{rng.choice(_ROADS)}{rng.randint(1, 398)}号"
    return f"洛阳市孟津区{town.name}{village(rng)}村{rng.randint(1, 180)}号"


def village(rng: Random) -> str:
    return rng.choice(_VILLAGES) + rng.choice(_VILLAGE_ENDS)


def phone(serial: int) -> str:
    """A number in a block kept for the demo: 19000 and six digits."""
    return f"19000{serial:06d}"


def _county(registered_on: date, town: Town) -> str:
    if registered_on >= MERGER:
        return "孟津区"
    return "吉利区" if town.code in JILI_TOWNS else "孟津县"


def _place(rng: Random, registered_on: date, town: Town) -> str:
    county = _county(registered_on, town)
    return rng.choices((county, f"洛阳市{county}", "洛阳", "洛阳市", "河南"), weights=(40, 25, 22, 8, 5))[0]


def _shop_word(rng: Random) -> str:
    if rng.random() < 0.35:
        return rng.choice(_SURNAMES) + rng.choice(("记", "家", "氏", "老大", "师傅"))
    return word(rng)


def _firm_form(rng: Random, trade: Trade, label: str) -> str:
    if trade.prefix != "91" or label.endswith(("事务所", "医院", "门诊部")):
        return ""
    if trade.industry[:2] <= "43" and rng.random() < 0.08:
        return "厂"
    forms = ("有限公司", "有限责任公司", "股份有限公司", "有限公司孟津分公司")
    return rng.choices(forms, weights=(86, 7, 2, 5))[0]
