"""SEC15 at the one door, as a process: tokens that say everything and prove nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import replace
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy import topology
from gateway.api.oauth2 import API_AUDIENCE
from shared.runtime.tokens import load_private_key
from tests.builders.people import an_officer, the_service
from tests.security.knocking import an_allrounder
from tests.security.street import Street

ASKED = "/api/registry/v1/departments"
Json = dict[str, Any]


def part(value: Json) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


def claims(**changes: Any) -> Json:
    """Of an officer who may do everything; None leaves one out."""
    now = int(time.time())
    known: Json = {"iss": "gateway", "aud": API_AUDIENCE, "sub": "officer:forger", "iat": now, "exp": now + 600}
    known |= {"district": "mengjin", "department": "SCJG", "roles": ["joint_office", "auditor", "system_admin"]}
    return {name: value for name, value in (known | changes).items() if value is not None}


def with_digest(secret: bytes, said: Json, algorithm: str = "HS256") -> str:
    """The classical confusion: the public key, which everybody knows, as the secret of a symmetric signature."""
    signed = f"{part({'alg': algorithm, 'kid': 'gateway', 'typ': 'JWT'})}.{part(said)}"
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def forged(street: Street) -> dict[str, str]:
    """What is wrong with it → the token."""
    key = load_private_key(street.platform.data.private_key(topology.GATEWAY))
    public = key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    good = jwt.encode(claims(), key, algorithm="EdDSA", headers={"kid": "gateway"})
    head, body, signature = good.split(".")
    registry = load_private_key(street.platform.data.private_key("registry"))

    def signed(said: Json, by: Ed25519PrivateKey = key, **headers: Any) -> str:
        return jwt.encode(said, by, algorithm="EdDSA", headers={"kid": "gateway"} | headers)

    found = {f"alg {name}": f"{part({'alg': name, 'kid': 'gateway'})}.{body}." for name in ("none", "None", "NONE", "")}
    found |= {
        "the public key as secret, PEM": with_digest(pem, claims()),
        "the public key as secret, raw": with_digest(raw, claims()),
        "the symmetric signature called EdDSA": with_digest(pem, claims(), "EdDSA"),
        "no signature": f"{head}.{body}.",
        "another signature": f"{head}.{body}.{signature[::-1]}",
        "another body": f"{head}.{part(claims(sub='officer:other'))}.{signature}",
        "a kid nobody has": signed(claims(), kid="../../etc/passwd"),
        "an empty kid": signed(claims(), kid=""),
        "a service's kid": signed(claims(), kid="registry"),
        "a service's key under its own kid": signed(claims(), registry, kid="registry"),
        "a service's key as issuer": signed(claims(iss="registry", sub="service:registry"), registry, kid="registry"),
        "a key of its own in the header": signed(claims(), Ed25519PrivateKey.generate(), jwk={"kty": "OKP"}),
        "a key from an address": signed(claims(), Ed25519PrivateKey.generate(), jku="http://127.0.0.1:9/keys"),
        "another audience": signed(claims(aud="registry")),
        "two audiences, none ours": signed(claims(aud=["registry", "credit"])),
        "no audience": signed(claims(aud=None)),
        "another issuer": signed(claims(iss="registry")),
        "no issuer": signed(claims(iss=None)),
        "no end": signed(claims(exp=None)),
        "past its end": signed(claims(exp=int(time.time()) - 60)),
        "not yet begun": signed(claims(nbf=int(time.time()) + 600)),
        "critical extensions": signed(claims(), crit=["b64"], b64=False),
    }
    return found


def test_no_forged_token_opens_the_door(street: Street) -> None:
    wrong: dict[str, tuple[int, str]] = {}
    with street.outside(None) as client:
        for kind, token in forged(street).items():
            answer = client.get(ASKED, headers={"Authorization": f"Bearer {token}"})
            if (answer.status_code, answer.json()["code"]) != (401, "gateway.sign_in_needed"):
                wrong[kind] = (answer.status_code, answer.text[:80])
    assert wrong == {}


def test_the_same_claims_under_the_right_key_open_it(street: Street) -> None:
    with street.outside(an_allrounder("mengjin")) as client:
        assert client.get(ASKED).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer", "BEARER", "JWT"])
def test_the_scheme_is_bearer_and_no_other(street: Street, scheme: str) -> None:
    token = street.token(an_allrounder("mengjin"), API_AUDIENCE)
    with street.outside(None) as client:
        answer = client.get(ASKED, headers={"Authorization": f"{scheme} {token}"})
    assert answer.status_code == (200 if scheme.lower() == "bearer" else 401)


def test_a_token_for_the_outside_is_none_for_the_inside_and_the_other_way_round(street: Street) -> None:
    """SEC17: the audience keeps the two sides apart."""
    who = an_allrounder("mengjin")
    statuses = []
    for service, audience in (("registry", API_AUDIENCE), (topology.GATEWAY, "registry")):
        path = ASKED if service == topology.GATEWAY else "/v1/departments"
        with street.client(service, None) as client:
            token = street.token(who, audience)
            statuses.append(client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code)
    assert statuses == [401, 401]


def test_a_peer_that_is_not_listed_is_not_heard(street: Street) -> None:
    """Draw's own token, good at registry, is worth nothing at credit, which does not list it."""
    statuses = {}
    for service in ("registry", "credit"):
        with street.client(service, the_service("draw")) as client:
            statuses[service] = client.get("/internal/v1/events").status_code
    assert statuses == {"registry": 200, "credit": 401}


def test_a_service_has_no_roles_of_officers(street: Street) -> None:
    """Whoever holds a service's key is that service and nothing more."""
    with street.client(
        "registry", replace(the_service("draw"), roles=an_officer("auditor", "service").roles)
    ) as client:
        assert client.get("/v1/departments").status_code == 401
