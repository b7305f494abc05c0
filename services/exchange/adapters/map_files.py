"""Field maps and code tables from YAML files (`maps/*.yaml`); every fault names its file and line.

Two kinds of file. `table: …` holds our codes and the peers'; `dataset: …` says how a peer's fields are filled. Both
have `versions` with `effective_from` and maybe `effective_to`, which must not overlap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from services.exchange.adapters.yaml_places import Place, read_place
from services.exchange.domain.maps import CodeTable, FieldMap, FieldRule, MapBook, MapVersion, Term
from services.exchange.domain.sources import FIELDS, ITEM_FIELDS, LISTS, VOCABULARIES

SHIPPED: Final = Path(__file__).with_name("maps")
FORMS: Final = frozenset({"text", "date", "ratio", "integer", "parts"})
_FIELD_KEYS: Final = ("to", "title", "from", "constant", "codes", "form", "required", "max", "pattern", "parts")
_VERSION_KEYS: Final = ("effective_from", "effective_to", "schema", "fields")
_DATASET_KEYS: Final = ("dataset", "title", "peer", "peer_title", "source", "versions")


def load_maps(folder: Path = SHIPPED) -> MapBook:
    """Every map of the folder. Raises MapFault at the first fault, before anything is used."""
    places = [read_place(path) for path in sorted(folder.glob("*.yaml"))]
    tables: dict[str, CodeTable] = {}
    for place in places:
        if place.has("table"):
            table = _table(place)
            if table.name in tables:
                raise place.fault(f"代码表 {table.name} 已在别的文件中定义")
            tables[table.name] = table
    maps: dict[str, FieldMap] = {}
    for place in places:
        if not place.has("table"):
            found = _map(place, tables)
            if found.dataset in maps:
                raise place.fault(f"数据集 {found.dataset} 已在别的文件中定义")
            maps[found.dataset] = found
    return MapBook(maps)


def _table(place: Place) -> CodeTable:
    place.only("table", "title", "vocabulary", "versions")
    vocabulary = place.at("vocabulary").text()
    if vocabulary not in VOCABULARIES:
        raise place.at("vocabulary").fault(f"没有名为 {vocabulary} 的代码集")
    known = VOCABULARIES[vocabulary]
    versions = []
    for version in place.at("versions").parts():
        version.only("effective_from", "effective_to", "codes")
        versions.append((_term(version), _codes(version.at("codes"), known)))
    _assert_apart(place.at("versions"), [term for term, _ in versions])
    return CodeTable(place.at("table").text(), place.at("title").text(), vocabulary, tuple(versions))


def _codes(place: Place, known: frozenset[str] | None) -> Mapping[str, str]:
    codes = {}
    for name, value in place.members():
        if known is not None and name not in known:
            raise value.fault(f"代码 {name} 不在我方代码集中")
        codes[name] = value.text()
    return codes


def _map(place: Place, tables: Mapping[str, CodeTable]) -> FieldMap:
    place.only(*_DATASET_KEYS)
    source = place.at("source").text()
    if source not in FIELDS:
        raise place.at("source").fault(f"没有名为 {source} 的数据")
    versions = []
    for version in place.at("versions").parts():
        version.only(*_VERSION_KEYS)
        fields = _fields(version.at("fields"), FIELDS[source], tables)
        versions.append(MapVersion(_term(version), version.at("schema").text(), fields))
    _assert_apart(place.at("versions"), [version.term for version in versions])
    texts = [place.at(name).text() for name in ("dataset", "title", "peer", "peer_title")]
    return FieldMap(texts[0], texts[1], texts[2], texts[3], source, tuple(versions))


def _fields(place: Place, known: frozenset[str], tables: Mapping[str, CodeTable]) -> Sequence[FieldRule]:
    rules: list[FieldRule] = []
    for part in place.parts():
        rule = _field(part, known, tables)
        if any(other.to == rule.to for other in rules):
            raise part.at("to").fault(f"对方字段 {rule.to} 重复")
        rules.append(rule)
    return tuple(rules)


def _field(place: Place, known: frozenset[str], tables: Mapping[str, CodeTable]) -> FieldRule:
    place.only(*_FIELD_KEYS)
    if place.has("from") == place.has("constant"):
        raise place.fault("每个字段必须且只能有 from 与 constant 之一")
    source = place.at("from").text() if place.has("from") else None
    if source is not None and source not in known:
        raise place.at("from").fault(f"我方没有名为 {source} 的字段")
    return FieldRule(
        to=place.at("to").text(),
        title=place.at("title").text(),
        source=source,
        constant=place.at("constant").text() if place.has("constant") else None,
        table=_named_table(place, tables),
        form=_form(place, source),
        required=place.has("required") and place.at("required").flag(),
        max_length=place.at("max").number() if place.has("max") else None,
        pattern=_pattern(place),
        parts=_fields(place.at("parts"), ITEM_FIELDS, tables) if place.has("parts") else (),
    )


def _named_table(place: Place, tables: Mapping[str, CodeTable]) -> CodeTable | None:
    if not place.has("codes"):
        return None
    name = place.at("codes").text()
    if name not in tables:
        raise place.at("codes").fault(f"没有名为 {name} 的代码表")
    return tables[name]


def _form(place: Place, source: str | None) -> str:
    form = place.at("form").text() if place.has("form") else "text"
    if form not in FORMS:
        raise place.at("form").fault(f"没有名为 {form} 的格式")
    if (form == "parts") != (source in LISTS) or (form == "parts") != place.has("parts"):
        raise place.fault("清单字段须用 form: parts 并写明 parts，其他字段不可")
    return form


def _pattern(place: Place) -> str | None:
    if not place.has("pattern"):
        return None
    text = place.at("pattern").text()
    try:
        re.compile(text)
    except re.error as error:
        raise place.at("pattern").fault("正则表达式有误") from error
    return text


def _term(place: Place) -> Term:
    since = place.at("effective_from").day()
    until = place.at("effective_to").day() if place.has("effective_to") else None
    if until is not None and until < since:
        raise place.at("effective_to").fault("失效日期早于生效日期")
    return Term(since, until)


def _assert_apart(place: Place, terms: Sequence[Term]) -> None:
    for number, version in enumerate(place.parts()):
        if any(terms[number].meets(earlier) for earlier in terms[:number]):
            raise version.at("effective_from").fault("有效期与前面的版本重叠")
