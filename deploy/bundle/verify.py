"""`python verify.py [BUNDLE]`: is the bundle whole, is every image there for both architectures? Standard library
only, so that it runs on the machine without a network. Checksums come first: nothing of a damaged bundle is read.

Exit 0 whole, 1 something is missing, damaged or for one architecture only (told on stdout, in Chinese).
"""

import hashlib
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

ARCHITECTURES = frozenset({"amd64", "arm64"})
SUMS = "SHA256SUMS"


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def damaged(bundle: Path) -> Iterator[str]:
    """What the checksums refuse: files that are missing, different, or not listed."""
    if not (bundle / SUMS).is_file():
        yield f"缺少 {SUMS}"
        return
    listed: set[str] = set()
    for line in (bundle / SUMS).read_text("utf-8").splitlines():
        wanted, _, name = line.partition("  ")
        listed.add(name)
        if not (bundle / name).is_file():
            yield f"缺少文件 {name}"
        elif digest_of(bundle / name) != wanted:
            yield f"文件已损坏 {name}"
    present = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}
    yield from (f"多出文件 {name}" for name in sorted(present - listed - {SUMS}))


def architectures_of(archive: Path) -> frozenset[str]:
    """Architectures in an OCI archive's index, nested indexes followed. Raises ValueError if it is none."""
    try:
        with tarfile.open(archive) as held:
            return frozenset(_walk(held, "index.json"))
    except (tarfile.TarError, KeyError, json.JSONDecodeError) as error:
        raise ValueError(f"{archive.name}: {error}") from error


def _walk(held: tarfile.TarFile, name: str) -> Iterator[str]:
    content = held.extractfile(name)
    for entry in json.load(content)["manifests"] if content else ():
        if "platform" in entry:
            yield entry["platform"]["architecture"]
        elif entry["mediaType"].endswith(("image.index.v1+json", "manifest.list.v2+json")):
            yield from _walk(held, "blobs/" + entry["digest"].replace(":", "/"))


def one_sided(bundle: Path) -> Iterator[str]:
    """Images that are not there, or not for both architectures."""
    for line in (bundle / "images.txt").read_text("utf-8").splitlines():
        archive = bundle / "images" / (line.replace("/", "_").replace(":", "_") + ".tar")
        if not archive.is_file():
            yield f"缺少镜像 {line}"
            continue
        try:
            missing = ARCHITECTURES - architectures_of(archive)
        except ValueError as error:
            yield f"镜像无法读取 {error}"
            continue
        if missing:
            yield f"镜像 {line} 缺少架构 {'、'.join(sorted(missing))}"


def main(arguments: list[str]) -> int:
    """Tells what is wrong."""
    bundle = Path(arguments[0] if arguments else ".").resolve()
    found = list(damaged(bundle)) or list(one_sided(bundle))
    sys.stdout.writelines(f"✗ {line}\n" for line in found)
    if not found:
        sys.stdout.write("✓ 安装包完整，全部镜像均有 amd64 与 arm64\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
