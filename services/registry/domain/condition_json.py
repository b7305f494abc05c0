"""The inverse of `read_condition`: one canonical JSON for each condition, so equal conditions are stored equal."""

from __future__ import annotations

from services.registry.domain.conditions import (
    All,
    AnyOf,
    Between,
    Condition,
    Has,
    In,
    InIndustry,
    InRegion,
    Json,
    Not,
)


def condition_json(condition: Condition) -> Json:
    match condition:
        case All(parts):
            return {"all": [condition_json(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [condition_json(part) for part in parts]}
        case Not(part):
            return {"not": condition_json(part)}
        case _:
            return _leaf_json(condition)


def _leaf_json(condition: Condition) -> Json:
    match condition:
        case In(field, values):
            return {"field": field, "in": list(values)}
        case InRegion(codes):
            return {"field": "region", "within": list(codes)}
        case InIndustry(industries):
            return {"field": "industry", "within": [{"edition": i.edition.value, "code": i.code} for i in industries]}
        case Has(field, values, every):
            return {"field": field, "has_all" if every else "has_any": list(values)}
        case Between(field, since, until):
            return {"field": field, "from": since and since.isoformat(), "to": until and until.isoformat()}
    raise TypeError(type(condition).__name__)
