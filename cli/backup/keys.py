"""The installation's secrets, wrapped under a passphrase (口令): whoever has the backup alone reads nothing personal.

AES-256-GCM under a key that scrypt (RFC 7914) makes of the passphrase.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cli.ops.answer import CouldNot
from deploy.embedded.layout import DataFolder, write_private_bytes

FORMAT: Final = b"ssj-keys-1\n"
SHORTEST: Final = 12
_SALT, _NONCE = 16, 12


def read_passphrase(file: Path) -> str:
    """The file's first line. Raises CouldNot for one shorter than twelve characters."""
    lines = file.read_text("utf-8").splitlines()
    passphrase = lines[0].strip() if lines else ""
    if len(passphrase) < SHORTEST:
        raise CouldNot("ssj.passphrase_short", f"口令文件 {file} 的第一行不足 {SHORTEST} 个字符")
    return passphrase


def wrap(data: DataFolder, passphrase: str) -> bytes:
    """Passwords, signing keys, sealing keys, answer keys."""
    paths = [data.secrets_file, *sorted(path for path in data.private_keys.iterdir() if path.is_file())]
    clear = {str(path.relative_to(data.root)): base64.b64encode(path.read_bytes()).decode() for path in paths}
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, orjson.dumps(clear), FORMAT)
    return FORMAT + salt + nonce + sealed


def unwrap(wrapped: bytes, passphrase: str) -> dict[str, bytes]:
    """Path in the data folder → content. Raises CouldNot for a wrong passphrase or altered bytes."""
    salt, nonce, sealed = _parts(wrapped)
    try:
        clear = AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, FORMAT)
    except InvalidTag as error:
        raise CouldNot("ssj.passphrase_wrong", "口令不对，或密钥文件已被改动") from error
    return {name: base64.b64decode(content) for name, content in orjson.loads(clear).items()}


def put_back(data: DataFolder, contents: dict[str, bytes]) -> None:
    """Into an opened, still empty data folder."""
    for name, content in contents.items():
        path = data.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private_bytes(path, content)


def _parts(wrapped: bytes) -> tuple[bytes, bytes, bytes]:
    start = len(FORMAT)
    if not wrapped.startswith(FORMAT):
        raise CouldNot("ssj.keys_unknown", "密钥文件的格式不认识")
    body = wrapped[start:]
    return body[:_SALT], body[_SALT : _SALT + _NONCE], body[_SALT + _NONCE :]


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())
