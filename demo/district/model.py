"""What a demo district is made of. Plain facts, frozen; Chinese where an officer's file has Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FIRM, SHOP, COOP = "企业", "个体工商户", "农民专业合作社"
PRODUCT, PROJECT, SITE = "产品", "项目", "场所"
BUSINESS_KINDS = (FIRM, SHOP, COOP)
ENTITY_KINDS = (*BUSINESS_KINDS, PRODUCT, PROJECT, SITE)
ENTITY_STATES = ("存续", "注销", "吊销", "迁出")
INDUSTRY_EDITION = "2011"


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    name: str
    short_name: str
    uscc: str
    inspectors: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Town:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the duty map (监管职责): `department` answers for objects of these kinds with any of these tags.

    No tags: for all of these kinds. `role` says by which principle (谁审批、谁监管，谁主管、谁监管).
    """

    department: str
    role: str
    kinds: tuple[str, ...]
    tags: tuple[str, ...]

    def covers(self, kind: str, tags: tuple[str, ...]) -> bool:
        return kind in self.kinds and (not self.tags or not set(self.tags).isdisjoint(tags))


@dataclass(frozen=True, slots=True)
class LegalBasis:
    law: str
    article: str


@dataclass(frozen=True, slots=True)
class Item:
    """One inspection item (抽查事项). `level`: key 重点 (no cap) or general 一般 (cap in whole per cent)."""

    code: str
    department: str
    level: str
    name: str
    bases: tuple[LegalBasis, ...]
    methods: tuple[str, ...]
    kinds: tuple[str, ...]
    tags: tuple[str, ...]
    fields: tuple[str, ...]
    ratio_cap_percent: int | None
    times_per_year: int
    content: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business: weights per kind, name parts, tags, USCC class and the products it makes."""

    industry: str
    weights: Mapping[str, int]
    labels: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]
    prefix: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """One object of inspection (检查对象). `departments` are codes; products and sites have no USCC."""

    external_no: str
    name: str
    uscc: str | None
    kind: str
    state: str
    registered_on: date
    town: str
    address: str
    industry: str | None
    departments: tuple[str, ...]
    tags: tuple[str, ...]
    producer_no: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Inspector:
    """One holder of an enforcement certificate; `regions` are codes of towns or of the whole district."""

    number: str
    name: str
    department: str
    certificate_no: str
    issuer: str
    valid_until: date
    fields: tuple[str, ...]
    expertise: tuple[str, ...]
    regions: tuple[str, ...]
    phone: str
    state: str


@dataclass(frozen=True, slots=True)
class Expert:
    number: str
    name: str
    institution: str
    field: str
    title: str
    qualification: str
    valid_until: date
    phone: str
    state: str


@dataclass(frozen=True, slots=True)
class CreditFact:
    """One fact of the indicator system; points add up per entity, 0–1000, higher is riskier (豫市监办〔2022〕100号)."""

    entity_no: str
    uscc: str | None
    indicator: str
    points: int
    occurred_on: date
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the file with bad rows; `defect` None means the row is good, `column` names the field at fault."""

    cells: tuple[str, ...]
    defect: str | None
    column: str | None


@dataclass(frozen=True, slots=True)
class District:
    """All of it. `as_of` is the day the data describe: certificates with `valid_until` before it are expired."""

    seed: int
    scale: float
    as_of: date
    departments: tuple[Department, ...]
    towns: tuple[Town, ...]
    duties: tuple[Duty, ...]
    items: tuple[Item, ...]
    entities: tuple[Entity, ...]
    inspectors: tuple[Inspector, ...]
    experts: tuple[Expert, ...]
    credit_facts: tuple[CreditFact, ...]
    import_rows: tuple[ImportRow, ...]
