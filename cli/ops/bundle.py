"""`ssj support-bundle`: what support asks for, in one archive, without secrets and without personal data (SEC5, SEC30).

Logs carry none by the rules of the house; here they are scrubbed all the same, as rules are broken in bad moments.
"""

from __future__ import annotations

import asyncio
import io
import platform
import re
import tarfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

import orjson

from cli.doctor.examine import examine
from cli.ops.answer import Answer, CouldNot, Exit, JsonObject
from cli.ops.status import look
from deploy import topology
from deploy.embedded.attach import attach
from deploy.embedded.layout import read_json
from deploy.embedded.services import Site

LOG_BYTES: Final = 2_000_000
"""The newest part of each log."""
GONE: Final = "［已隐去］"
_SHORTEST_SECRET: Final = 8
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<=://)[^/@\s:]+:[^/@\s]+(?=@)",
        r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{9}[\dXx](?![0-9A-Za-z])",  # 公民身份号码
        r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)",  # 手机号码
        r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
        r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
        r"(?i)(?<=bearer )[A-Za-z0-9._~+/=-]+",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----",
    )
)


class Scrubber:
    """Hides every secret of the installation wherever it stands, and what looks like a person's number."""

    def __init__(self, known: list[str]) -> None:
        longest_first = sorted({one for one in known if len(one) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    @classmethod
    def of(cls, site: Site) -> Scrubber:
        lines = [
            word
            for path in site.data.private_keys.iterdir()
            if path.is_file()
            for line in path.read_text("utf-8", "replace").splitlines()
            for word in line.split()
        ]
        return cls([*site.credentials.passwords.values(), *lines])

    def clean(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(GONE, text)
        for pattern in _PATTERNS:
            text = pattern.sub(GONE, text)
        return text


def versions() -> JsonObject:
    """Of the interpreter, the system and every package."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {one.metadata["Name"]: one.version for one in distributions()},
    }


def _parts(site: Site) -> Iterator[tuple[str, str]]:
    """Name in the archive → content, not yet scrubbed."""
    monitor = read_json(site.data.addresses_file).get("nats_monitor")
    documents = {
        "versions.json": versions(),
        "platform.json": read_json(site.data.addresses_file),
        "doctor.json": [asdict(check) for check in asyncio.run(examine(site, monitor))],
        "status.json": asdict(asyncio.run(look(site))),
        "streams.json": [spec.config() for spec in topology.STREAMS],
    }
    for name, document in documents.items():
        yield name, orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str).decode()
    for log in sorted(site.data.logs.glob("*.log*")):
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LOG_BYTES))
            yield f"logs/{log.name}", file.read().decode("utf-8", "replace")


def support_bundle(data: Path, to: Path) -> Answer:
    """Writes a `.tar.gz`. Raises CouldNot when it is there already."""
    site = attach(data)
    if to.exists():
        raise CouldNot("ssj.bundle_exists", f"{to} 已存在，请换一个文件名")
    scrubber, names = Scrubber.of(site), []
    with tarfile.open(to, "x:gz") as archive:
        for name, content in _parts(site):
            cleaned = scrubber.clean(content).encode()
            entry = tarfile.TarInfo(f"ssj-support/{name}")
            entry.size, entry.mode = len(cleaned), 0o600
            archive.addfile(entry, io.BytesIO(cleaned))
            names.append(name)
    to.chmod(0o600)
    said = f"已写入 {to}（{len(names)} 项，{to.stat().st_size / 1024:.0f} KB）；口令、密钥与个人信息已隐去"
    return Answer(Exit.FINE, {"file": str(to), "parts": names}, said=(said,))
