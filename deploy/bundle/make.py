"""`python -m deploy.bundle.make INTO [--images FOLDER] [--wheels FOLDER]`: the offline bundle (离线安装包).

Image list, bill of materials, manifests, documents, scripts, and SHA256SUMS over all of it. Archives of images (OCI,
both architectures) and wheels are made where there is a builder and a network, and taken from the folders given;
without them `verify.py` names what is still to be brought. Exit 0 made, 1 INTO is there already.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deploy.bundle.images import needed_images
from deploy.bundle.sbom import bill_of, read_lock
from deploy.bundle.verify import SUMS, digest_of
from deploy.rules.render import MANIFESTS, OVERLAYS, render_text

ROOT: Final = Path(__file__).resolve().parents[2]
SCRIPTS: Final = ("load.sh", "verify.py", "install.sh")
VERSION: Final = "0.1.0"
Progress = Callable[[int, int, str], None]


def make(into: Path, images: Path | None, wheels: Path | None, progress: Progress) -> None:
    """Writes the bundle. Raises FileExistsError if `into` is there: a bundle is made whole or not at all."""
    into.mkdir(parents=True)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("镜像清单与物料清单", lambda: _lists(into)),
        ("部署清单", lambda: _manifests(into)),
        ("文档与脚本", lambda: _papers(into)),
        ("镜像", lambda: _taken(images, into / "images", "*.tar")),
        ("依赖包", lambda: _taken(wheels, into / "wheels", "*.whl")),
        ("校验和", lambda: _sums(into)),
    )
    for number, (what, step) in enumerate(steps, start=1):
        progress(number, len(steps), what)
        step()


def _lists(into: Path) -> None:
    images = needed_images()
    (into / "images.txt").write_text("".join(f"{one.reference}\n" for one in images), "utf-8")
    bill = bill_of(read_lock(ROOT / "requirements" / "run.txt"), images, VERSION)
    (into / "sbom.cdx.json").write_text(json.dumps(bill, ensure_ascii=False, indent=1) + "\n", "utf-8")
    shutil.copyfile(ROOT / "requirements" / "run.txt", into / "requirements.txt")


def _manifests(into: Path) -> None:
    shutil.copytree(MANIFESTS, into / "k8s", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    (into / "rendered").mkdir()
    for overlay in OVERLAYS:
        (into / "rendered" / f"{overlay}.yaml").write_text(render_text(overlay), "utf-8")


def _papers(into: Path) -> None:
    shutil.copytree(ROOT / "docs", into / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    for script in SCRIPTS:
        shutil.copy(Path(__file__).with_name(script), into / script)


def _taken(source: Path | None, into: Path, pattern: str) -> None:
    into.mkdir()
    for path in sorted(source.glob(pattern)) if source else ():
        shutil.copyfile(path, into / path.name)


def _sums(into: Path) -> None:
    files = sorted(path for path in into.rglob("*") if path.is_file())
    lines = [f"{digest_of(path)}  {path.relative_to(into)}\n" for path in files]
    (into / SUMS).write_text("".join(lines), "utf-8")


def main() -> int:
    """Makes it."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bundle.make")
    parser.add_argument("into", type=Path)
    parser.add_argument("--images", type=Path, help="folder of OCI archives")
    parser.add_argument("--wheels", type=Path, help="folder of wheels")
    chosen = parser.parse_args()
    try:
        make(chosen.into, chosen.images, chosen.wheels, lambda at, of, what: _tell(f"[{at}/{of}] {what} …"))
    except FileExistsError:
        _tell(f"✗ {chosen.into} 已经存在")
        return 1
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
