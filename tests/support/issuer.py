"""An issuer of people for tests, as a process: `python -m tests.support.issuer PORT`. Everybody who comes is
signed in as `u-1`; it checks client, code and PKCE as an issuer must, and lies on demand (`POST /control`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from starlette.types import Receive, Scope, Send

CLIENT, SECRET = "ssj", "what the issuer and the platform agreed on"
LATER_KEY = "later"


class TestIssuer:
    """`lies` are members of the next tokens that replace the true ones; `alg` and `kid` are of the header."""

    __test__ = False

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys = {"first": generate_private_key(65537, 2048)}
        self.lies: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.key_reads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while (message := await receive()).get("body") or message.get("more_body"):
            body += message["body"]
            if not message.get("more_body"):
                break
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        status, headers, answer = self._answer(scope["path"], query, body, dict(scope["headers"]))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _answer(
        self, path: str, query: dict[str, str], body: bytes, headers: dict[bytes, bytes]
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        match path:
            case "/.well-known/openid-configuration":
                return _json(self._document())
            case "/keys":
                self.key_reads += 1
                return _json({"keys": [_public(kid, key) for kid, key in self.keys.items()]})
            case "/authorize":
                return self._authorize(query)
            case "/token":
                form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                return self._token(form, headers.get(b"authorization", b""))
            case "/control":
                return self._control(json.loads(body))
        return 404, [], b""

    def _document(self) -> dict[str, str]:
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        lies: dict[str, str] = self.lies.get("document", {})
        return said | lies

    def _authorize(self, query: dict[str, str]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        if (query["client_id"], query["response_type"], query["code_challenge_method"]) != (CLIENT, "code", "S256"):
            return 400, [], b""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
        return 302, [(b"location", back.encode())], b""

    def _token(self, form: dict[str, str], authorization: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        asked = self.codes.pop(form["code"], None)
        wanted = b"Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode())
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or authorization != wanted or challenge != asked["code_challenge"]:
            return 400, [], b'{"error":"invalid_grant"}'
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        claims |= self.lies.get("claims", {})
        return _json({"access_token": "x", "token_type": "Bearer", "id_token": self._signed(claims)})

    def _signed(self, claims: dict[str, Any]) -> str:
        kid = self.lies.get("kid", next(reversed(self.keys)))
        match self.lies.get("alg", "RS256"):
            case "none":
                return jwt.encode(claims, "", algorithm="none", headers={"kid": kid})
            case "HS256":
                return jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": kid})
            case "stranger":
                return jwt.encode(claims, generate_private_key(65537, 2048), "RS256", {"kid": kid})
        return jwt.encode(claims, self.keys[kid], algorithm="RS256", headers={"kid": kid})

    def _control(self, said: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        self.lies = said.get("lies", {})
        if said.get("rotate"):
            self.keys = {LATER_KEY: generate_private_key(65537, 2048)}
        return _json({"key_reads": self.key_reads})


def _json(said: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    return 200, [(b"content-type", b"application/json")], json.dumps(said).encode()


def _public(kid: str, key: RSAPrivateKey) -> dict[str, Any]:
    said: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return said | {"kid": kid, "use": "sig", "alg": "RS256"}


if __name__ == "__main__":
    address = f"http://127.0.0.1:{sys.argv[1]}"
    uvicorn.run(TestIssuer(address), port=int(sys.argv[1]), lifespan="off", log_level="error", access_log=False)
