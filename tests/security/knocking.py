"""Paths with something in every place, and tokens of every kind that must not open a door."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from shared.runtime.principal import Principal
from shared.runtime.tokens import load_private_key, sign
from tests.builders.people import an_officer, the_service
from tests.contract.examples import Operation

SOME_ID = "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90"
LONG_AGO = timedelta(minutes=-5)


def filled(template: str, **known: object) -> str:
    """`/v1/plans/{plan_id}` with an id that is nobody's, or the one known for that name."""
    parts = template.split("/")
    return "/".join(_part(part, known) for part in parts)


def _part(part: str, known: dict[str, Any]) -> str:
    if not part.startswith("{"):
        return part
    name, _, ending = part[1:].partition("}")
    return f"{known.get(name, '1' if name.endswith('_seq') else SOME_ID)}{ending}"


def queries(operation: Operation, some_id: str = SOME_ID) -> list[dict[str, Any]]:
    """The query that an operation asks for, none or one or, where it asks for a year, one of this and of the next."""
    wanted = [found for found in operation.facts.get("parameters", ()) if found["in"] == "query" and found["required"]]
    fixed = {found["name"]: some_id for found in wanted if found["schema"].get("format") == "uuid"}
    others = [found for found in wanted if found["name"] not in {*fixed, "year"}]
    fixed |= {found["name"]: found["schema"].get("examples", ["x"])[0] for found in others}
    if not any(found["name"] == "year" for found in wanted):
        return [fixed]
    this_year = datetime.now(UTC).year
    return [fixed | {"year": year} for year in (this_year, this_year + 1)]


def an_allrounder(district: str, department: str = "SCJG") -> Principal:
    """Holds every role an officer can hold: whom the token lets in is then not a matter of roles."""
    roles = ("joint_office", "department_admin", "inspector", "reviewer", "auditor", "supervision", "operations")
    return an_officer(*roles, "system_admin", department=department, district=district)


def worthless_tokens(platform: EmbeddedPlatform, name: str, answers: tuple[str, ...]) -> dict[str, str]:
    """What is wrong with it → a token for the service `name`, which hears the gateway and those of `answers`."""
    officer = an_allrounder("mengjin")
    service = the_service("registry")
    gateway = load_private_key(platform.data.private_key(topology.GATEWAY))
    unlisted = next(other for other in topology.SERVICES if other not in answers)
    unlisted_key = load_private_key(platform.data.private_key(unlisted))
    claims = jwt.decode(sign(officer, "gateway", name, gateway), options={"verify_signature": False})
    listed = answers[0] if answers else None
    found = {
        "empty": "",
        "not a token": "abc.def.ghi",
        "expired": sign(officer, "gateway", name, gateway, LONG_AGO),
        "for the outside": sign(officer, "gateway", "api", gateway),
        "for another service": sign(officer, "gateway", _another(name), gateway),
        "of a service not listed": sign(the_service(unlisted), unlisted, name, unlisted_key),
        "under the gateway's name by another": sign(officer, "gateway", name, unlisted_key),
        "under the gateway's name by a stranger": sign(officer, "gateway", name, Ed25519PrivateKey.generate()),
        "of an issuer nobody knows": sign(service, "ministry", name, gateway),
        "without an end": _signed({name: claim for name, claim in claims.items() if name != "exp"}, gateway),
        "unsigned": _unsigned(claims),
        "with a symmetric signature": jwt.encode(claims, "k" * 64, algorithm="HS256", headers={"kid": "gateway"}),
    }
    if listed is not None:
        key = load_private_key(platform.data.private_key(listed))
        found["of a listed service in an officer's name"] = sign(officer, listed, name, key)
        other = replace(service, subject=f"service:{_another(listed)}")
        found["of a listed service in another's name"] = sign(other, listed, name, key)
        grown = replace(service, subject=f"service:{listed}", roles=officer.roles)
        found["of a listed service with an officer's roles"] = sign(grown, listed, name, key)
    return found


def _signed(claims: dict[str, Any], key: Ed25519PrivateKey) -> str:
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "gateway"})


def _unsigned(claims: dict[str, Any]) -> str:
    head = orjson.dumps({"alg": "none", "kid": "gateway", "typ": "JWT"})
    return ".".join(
        (*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (head, orjson.dumps(claims))), "")
    )


def _another(name: str) -> str:
    return next(other for other in topology.SERVICES if other != name)
