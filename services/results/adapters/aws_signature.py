"""Requests to an S3-compatible store, signed (AWS Signature Version 4, service `s3`)."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

UNSIGNED: Final = "UNSIGNED-PAYLOAD"
"""The body is not hashed beforehand: it is sealed with an authentication tag of its own, and TLS carries it."""


@dataclass(frozen=True, slots=True)
class S3Access:
    """`endpoint` without a slash at its end, e.g. `https://s3.example.gov.cn`."""

    endpoint: str
    bucket: str
    region: str
    key_id: str
    secret: str = field(repr=False)


def utc_stamp() -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())


def signed_headers(
    access: S3Access,
    method: str,
    url: str,
    stamp: str,
    payload_hash: str = UNSIGNED,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers that sign a request without query. `stamp`: `YYYYMMDDTHHMMSSZ`; `extra`: further headers to sign."""
    parts = urlsplit(url)
    headers = {"host": parts.netloc, "x-amz-content-sha256": payload_hash, "x-amz-date": stamp, **(extra or {})}
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        (
            method,
            quote(parts.path),
            "",
            *(f"{name}:{headers[name].strip()}" for name in sorted(headers)),
            "",
            names,
            payload_hash,
        )
    )
    scope = f"{stamp[:8]}/{access.region}/s3/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{access.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    authorization = f"AWS4-HMAC-SHA256 Credential={access.key_id}/{scope},SignedHeaders={names},Signature={signature}"
    return headers | {"authorization": authorization}
