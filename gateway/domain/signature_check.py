"""The developer's help (签名自检): which part of a signature is not as the door would have it.

It works with the published test secret only, so that nobody can try a real client's secret here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from urllib.parse import quote, unquote

from gateway.domain.signing import (
    WINDOW_SECONDS,
    SignedParts,
    content_digest,
    is_base64,
    sign_text,
    sorted_query,
)

TEST_CLIENT = "signature-test"
TEST_SECRET = "signature-test-secret-known-to-everybody"  # noqa: S105 - published on purpose, opens nothing
NAMES = {
    "method": "请求方法",
    "path": "路径",
    "query": "排序后的查询串",
    "content_digest": "Content-Digest",
    "timestamp": "时间戳",
    "nonce": "随机数",
    "client_id": "接入系统编号",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a developer sent. `signed_text` is what was signed on the developer's side, where it is known."""

    method: str
    path: str
    query: str
    body: str
    content_digest: str
    timestamp: str
    nonce: str
    client_id: str
    algorithm: str
    signature: str
    signed_text: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One part: what the door expects, what was signed (where that is known), and a Chinese hint."""

    part: str
    expected: str
    found: str | None
    hint: str


@dataclass(frozen=True, slots=True)
class Verdict:
    text: str
    signature: str
    differences: tuple[Difference, ...]


def check_trial(trial: Trial, now: float) -> Verdict:
    """Compares line by line where the signed text is known, else tries the usual mistakes until one fits."""
    expected = expected_parts(trial)
    wanted = sign_text(expected.text, trial.algorithm, TEST_SECRET.encode())
    found = [*_stated_wrongly(trial, expected, now)]
    is_right = hmac.compare_digest(wanted, trial.signature) if trial.signature.isascii() else False
    if trial.signed_text is not None:
        found += _line_by_line(trial.signed_text, expected)
    if not is_right and not found:
        found += _guess(trial, expected)
    return Verdict(expected.text, wanted, tuple(found))


def expected_parts(trial: Trial) -> SignedParts:
    """The seven lines as the door makes them of the request."""
    name = "sm3" if trial.content_digest.startswith("sm3=") else "sha-256"
    digest = content_digest(trial.body.encode(), name) if trial.body or trial.content_digest else ""
    return SignedParts(
        trial.method.upper(),
        trial.path,
        sorted_query(trial.query),
        digest,
        trial.timestamp,
        trial.nonce,
        trial.client_id,
    )


def _stated_wrongly(trial: Trial, expected: SignedParts, now: float) -> Iterator[Difference]:
    if trial.content_digest != expected.content_digest:
        hint = "请求头 Content-Digest 与请求内容不符：应为内容字节的摘要，写作 sha-256=:<base64>:"
        yield Difference("content_digest", expected.content_digest, trial.content_digest, hint)
    if not trial.timestamp.isdecimal() or abs(int(trial.timestamp) - now) > WINDOW_SECONDS:
        hint = "时间戳应为秒（不是毫秒），与服务器时间相差不超过 5 分钟"
        yield Difference("timestamp", str(int(now)), trial.timestamp, hint)


def _line_by_line(text: str, expected: SignedParts) -> Iterator[Difference]:
    lines = text.split("\n")
    for part, line in zip(fields(expected), lines, strict=False):
        wanted = getattr(expected, part.name)
        if line != wanted:
            yield Difference(part.name, wanted, line, f"被签名文本的这一行（{NAMES[part.name]}）与网关得到的不同")
    if len(lines) != len(fields(expected)):
        wanted = str(len(fields(expected)))
        yield Difference("text", wanted, str(len(lines)), "被签名文本应正好七行，以换行符 \\n 连接，末尾没有换行")


def _guess(trial: Trial, expected: SignedParts) -> Iterator[Difference]:
    """The first usual mistake that explains the signature; none fits: the secret or the encoding."""
    for part, hint, text in _usual_mistakes(trial, expected):
        if hmac.compare_digest(sign_text(text, trial.algorithm, TEST_SECRET.encode()), trial.signature):
            yield Difference(part, getattr(expected, part, expected.text), None, hint)
            return
    if not is_base64(trial.signature):
        yield Difference(
            "signature", "44 个字符的 base64", trial.signature, "签名应为 HMAC 原始字节的 base64，不是十六进制"
        )
        return
    yield Difference("secret", "", None, "各部分都对而签名不同：请检查密钥和算法（测试密钥见开发文档）")


def _usual_mistakes(trial: Trial, expected: SignedParts) -> Iterator[tuple[str, str, str]]:
    def of(**changed: str) -> str:
        return replace(expected, **changed).text

    yield "method", "请求方法应大写", of(method=trial.method.lower())
    yield "query", "查询串没有按字节顺序排序", of(query=trial.query)
    yield "query", "查询串没有参加签名", of(query="")
    yield "query", "查询串应保持百分号编码，不要先解码", of(query=sorted_query(unquote(trial.query)))
    yield "query", "查询串被重复编码", of(query=quote(expected.query, safe="=&"))
    yield "path", "路径要包括 /api/<服务>，不只是服务自己的部分", of(path=_inside(trial.path))
    yield "path", "查询串不属于路径这一行", of(path=f"{trial.path}?{trial.query}")
    yield "content_digest", "Content-Digest 没有参加签名", of(content_digest="")
    bare = hashlib.sha256(trial.body.encode()).hexdigest()
    yield "content_digest", "应签 Content-Digest 请求头的全文，不是十六进制摘要", of(content_digest=bare)
    yield "timestamp", "时间戳没有参加签名", of(timestamp="")
    yield "nonce", "随机数没有参加签名", of(nonce="")
    yield "client_id", "接入系统编号没有参加签名", of(client_id="")
    yield "text", "被签名文本末尾多了一个换行", expected.text + "\n"
    yield "text", "各行应以 \\n 连接，不是 \\r\\n", expected.text.replace("\n", "\r\n")


def _inside(path: str) -> str:
    return "/" + path.removeprefix("/api/").partition("/")[2]
