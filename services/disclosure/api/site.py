"""What stands above and below every page: names, numbers, contacts. Settings (`DISCLOSURE_PORTAL`, one JSON object)."""

from __future__ import annotations

from typing import Final, NamedTuple

from fastapi import Request
from pydantic import BaseModel, ConfigDict


class Site(BaseModel):
    """The slots of header and footer; an empty one is not shown. The organ's badge (党政机关标识) and the emblem (国徽)
    are off by default: the law reserves them for those entitled to them (国徽法 第十条、第十三条)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "“双随机、一公开”监管公示"
    place: str = ""
    """District's name as in its seal: ××市××区."""
    organ: str = "市场监管领域部门联合抽查联席会议办公室"
    """主办单位."""
    operator: str = ""
    """承办单位."""
    badge: str = ""
    """File of `static/` with the organ's badge."""
    badge_link: str = ""
    site_code: str = ""
    """网站标识码."""
    icp: str = ""
    """ICP 备案号."""
    police: str = ""
    """公安备案号."""
    contact: str = ""
    """Telephone or address for questions."""
    address: str = "http://127.0.0.1:8080"
    """Where the public reaches these pages: printed on papers and in QR codes, so it must not change."""


class Place(NamedTuple):
    path: str
    label: str


NAVIGATION: Final = (
    Place("/", "首页"),
    Place("/search", "查询"),
    Place("/plans", "抽查计划"),
    Place("/draws", "抽取"),
    Place("/statistics", "统计"),
    Place("/open-data", "开放数据"),
    Place("/v", "核验"),
    Place("/help", "帮助"),
)
_DEFAULT: Final = Site()


def site_of(request: Request) -> Site:
    """The running service's; the defaults where a page is drawn without one."""
    process = getattr(request.app.state, "process", None)
    site = getattr(getattr(process, "settings", None), "portal", _DEFAULT)
    return site if isinstance(site, Site) else _DEFAULT
