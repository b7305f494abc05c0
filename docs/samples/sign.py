"""Sign a request to the platform: standard library only, to be copied.

    SSJ_CLIENT_ID=… SSJ_SECRET=… python3 sign.py METHOD URL [BODY]            sends it and prints the answer
    SSJ_CLIENT_ID=… SSJ_SECRET=… python3 sign.py --headers METHOD URL [BODY]  prints the headers only

SSJ_ALGORITHM: HMAC-SHA256 (default) or HMAC-SM3. SSJ_TIMESTAMP and SSJ_NONCE stand in for now and a fresh nonce.
"""

import base64
import hashlib
import hmac
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HASHES = {"HMAC-SHA256": "sha256", "HMAC-SM3": "sm3"}


def signed_headers(method: str, url: str, body: bytes, client_id: str, secret: str) -> dict[str, str]:
    """The headers that make a signed request of a plain one."""
    parts = urllib.parse.urlsplit(url)
    algorithm = os.getenv("SSJ_ALGORITHM", "HMAC-SHA256")
    timestamp = os.getenv("SSJ_TIMESTAMP") or str(int(time.time()))
    nonce = os.getenv("SSJ_NONCE") or secrets.token_hex(16)
    digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":" if body else ""
    query = "&".join(sorted(pair for pair in parts.query.split("&") if pair))
    text = "\n".join([method.upper(), parts.path, query, digest, timestamp, nonce, client_id])
    signature = hmac.new(secret.encode(), text.encode(), HASHES[algorithm]).digest()
    headers = {
        "X-Client-Id": client_id,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Sign-Alg": algorithm,
        "X-Signature": base64.b64encode(signature).decode(),
    }
    return headers | ({"Content-Digest": digest, "Content-Type": "application/json"} if body else {})


def main(arguments: list[str]) -> int:
    only_headers = arguments[:1] == ["--headers"]
    method, url, *rest = arguments[1:] if only_headers else arguments
    body = rest[0].encode() if rest else b""
    headers = signed_headers(method, url, body, os.getenv("SSJ_CLIENT_ID", ""), os.getenv("SSJ_SECRET", ""))
    if only_headers:
        sys.stdout.write("".join(f"{name}: {value}\n" for name, value in headers.items()))
        return 0
    request = urllib.request.Request(url, body or None, headers, method=method.upper())  # noqa: S310 - the caller's own
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            sys.stdout.write(answer.read().decode() + "\n")
            return 0
    except urllib.error.HTTPError as refusal:
        sys.stdout.write(refusal.read().decode() + "\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
