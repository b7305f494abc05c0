"""What the bulk statements need to know of each kind's table: its columns, its natural keys, what decides who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.registry.domain.import_rows import ImportKind


@dataclass(frozen=True, slots=True)
class ImportTable:
    """`columns`: what a row sets → SQL type. `keys`: natural keys, the strongest first. `derived`: column → the field
    it follows. `sealed`: the personal columns, each with a `<column>_mark` beside it. `responsible`: SQL over an alias
    `r` that says whether :department answers for a row; None: only the joint office imports."""

    table: str
    columns: Mapping[str, str]
    keys: tuple[str, ...]
    derived: Mapping[str, str]
    sealed: tuple[str, ...] = ()
    responsible: str | None = None
    responsible_field: str = ""

    @property
    def stored(self) -> dict[str, str]:
        """Every content column of the table → SQL type, marks and sealed bytes included."""
        plain = {name: "bytea" if name in self.sealed else kind for name, kind in self.columns.items()}
        return plain | {f"{name}_mark": "bytea" for name in self.sealed}

    def source_field(self, column: str) -> str:
        """The field of the file that a column comes from."""
        return self.derived.get(column, column.removesuffix("_mark"))

    @property
    def compared(self) -> list[str]:
        """Columns that tell whether a row differs; sealed bytes differ each time, so their marks do."""
        return [name for name in self.stored if name not in self.sealed and name not in self.derived]


IMPORT_TABLES: Final[Mapping[ImportKind, ImportTable]] = {
    ImportKind.ENTITIES: ImportTable(
        table="entities",
        columns={
            "kind": "text",
            "name": "text",
            "name_key": "text",
            "uscc": 'text COLLATE "C"',
            "external_no": 'text COLLATE "C"',
            "status": "text",
            "registered_on": "date",
            "region_code": 'text COLLATE "C"',
            "address": "text",
            "industry_code": 'text COLLATE "C"',
            "industry_edition": "text",
            "departments": "text[]",
            "tags": "text[]",
            "producer_external_no": 'text COLLATE "C"',
            "legal_rep_phone": "text",
        },
        keys=("uscc", "external_no"),
        derived={"name_key": "name"},
        sealed=("legal_rep_phone",),
        responsible="CAST(:department AS text) = ANY (r.departments)",
        responsible_field="departments",
    ),
    ImportKind.INSPECTORS: ImportTable(
        table="inspectors",
        columns={
            "inspector_no": 'text COLLATE "C"',
            "name": "text",
            "owner_department": "text",
            "certificate_no": 'text COLLATE "C"',
            "issuer": "text",
            "valid_until": "date",
            "fields": "text[]",
            "expertise": "text[]",
            "regions": "text[]",
            "phone": "text",
            "status": "text",
        },
        keys=("inspector_no", "certificate_no"),
        derived={},
        sealed=("phone",),
        responsible="r.owner_department = :department",
        responsible_field="owner_department",
    ),
    ImportKind.EXPERTS: ImportTable(
        table="experts",
        columns={
            "expert_no": 'text COLLATE "C"',
            "name": "text",
            "kind": "text",
            "organisation": "text",
            "fields": "text[]",
            "title": "text",
            "qualification": "text",
            "valid_until": "date",
            "phone": "text",
            "status": "text",
        },
        keys=("expert_no",),
        derived={},
        sealed=("phone",),
    ),
    ImportKind.DEPARTMENTS: ImportTable(
        table="departments",
        columns={"code": 'text COLLATE "C"', "name": "text", "short_name": "text", "uscc": "text"},
        keys=("code",),
        derived={},
    ),
}
