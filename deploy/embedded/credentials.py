"""Secrets of an installation: made once, kept in the data folder, never printed (口令与密钥)."""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy import topology
from deploy.embedded.layout import DataFolder, read_json, write_json, write_private_bytes

POSTGRES_ADMIN = "postgres_admin"
NATS_ADMIN = "nats_admin"
BESIDE = ("exchange_peer", "province", "province_token")
"""Of the peers around: who reads our front tables, and the mock province's own database and token."""


@dataclass(frozen=True, repr=False)
class Credentials:
    """Passwords by name: `postgres_admin`, `nats_admin`, and per service `<s>_owner`, `<s>_app`, `<s>_nats`."""

    passwords: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.passwords[name]


def prepare_credentials(data: DataFolder, services: Iterable[str] = topology.PRODUCERS) -> Credentials:
    """Read the installation's secrets, making what is missing: passwords, signing keys, sealing keys.

    Safe to call again: what exists is kept, a service added later gets its own.
    """
    names = tuple(services)
    wanted = [
        POSTGRES_ADMIN,
        NATS_ADMIN,
        *(f"{name}_{kind}" for name in names for kind in ("owner", "app", "nats")),
        *BESIDE,
    ]
    held = (
        {key: str(value) for key, value in read_json(data.secrets_file).items()} if data.secrets_file.exists() else {}
    )
    complete = {**held, **{name: secrets.token_urlsafe(24) for name in wanted if name not in held}}
    if complete != held:
        write_json(data.secrets_file, complete)
    for name in names:
        _prepare_signing_key(data, name)
        _prepare_seal_key(data, name)
    _prepare_answer_key(data)
    return Credentials(complete)


def _prepare_signing_key(data: DataFolder, name: str) -> None:
    path = data.private_key(name)
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    else:
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_private_bytes(path, pem)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    # Rewritten each time: a public key that does not belong to the private one beside it helps nobody.
    write_private_bytes(data.public_keys / f"{name}.pem", public)


def _prepare_answer_key(data: DataFolder) -> None:
    """What credit signs answers with: `<key id> <base64 of 32 bytes>` a line; the first signs, all are published."""
    if not data.answer_keys.exists():
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        write_private_bytes(data.answer_keys, f"a1 {key}\n".encode())


def _prepare_seal_key(data: DataFolder, name: str) -> None:
    """One line per key, `<key id> <base64 of 32 bytes>`; the first seals, the others still open what they sealed."""
    path = data.seal_key(name)
    if not path.exists():
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        write_private_bytes(path, f"k1 {key}\n".encode())
