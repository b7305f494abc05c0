"""The offline bundle: complete, both architectures, verified before anything of it is used (kubernetes.md, 信创)."""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from deploy import topology
from deploy.bundle.images import ARCHITECTURES, UPSTREAM, needed_images
from deploy.bundle.make import make
from deploy.bundle.sbom import bill_of, read_lock
from deploy.bundle.verify import architectures_of, damaged, digest_of, one_sided
from deploy.rules.render import kubectl

ROOT = Path(__file__).resolve().parents[3]
LOCK = ROOT / "requirements" / "run.txt"
SITE = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ssj
resources: [../production]
configMapGenerator:
  - {name: site, behavior: merge, literals: [district=410308]}
"""


def archive(path: Path, architectures: tuple[str, ...], *, nested: bool = False) -> None:
    """An OCI archive with nothing but its index."""
    entries = [{"mediaType": "m", "platform": {"architecture": one, "os": "linux"}} for one in architectures]
    parts: dict[str, Any] = {"index.json": {"manifests": entries}}
    if nested:
        inner = {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:abc"}
        parts = {"index.json": {"manifests": [inner]}, "blobs/sha256/abc": {"manifests": entries}}
    with tarfile.open(path, "w") as held:
        for name, body in parts.items():
            content = json.dumps(body).encode()
            (entry := tarfile.TarInfo(name)).size = len(content)
            held.addfile(entry, io.BytesIO(content))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "images").mkdir()
    for one in needed_images():
        archive(folder / "images" / one.file, ARCHITECTURES, nested=True)
    make(folder / "out", folder / "images", None, lambda *_: None)
    return folder / "out"


def test_every_image_is_built_here_or_has_a_known_source() -> None:
    images = needed_images()
    assert {one.name for one in images if one.built_here} == {
        f"ssj/{name}" for name in (*topology.PRODUCERS, "operations")
    }
    assert {one.name for one in images if not one.built_here} == set(UPSTREAM)


def test_a_whole_bundle_is_accepted(bundle: Path) -> None:
    assert list(damaged(bundle)) == []
    assert list(one_sided(bundle)) == []
    assert _verify(bundle).returncode == 0


def test_a_changed_missing_or_added_file_is_found(bundle: Path) -> None:
    bill, stray = bundle / "sbom.cdx.json", bundle / "stray"
    kept = bill.read_bytes()
    bill.write_bytes(kept[:-1] + b" ")
    stray.touch()
    assert {"文件已损坏 sbom.cdx.json", "多出文件 stray"} == set(damaged(bundle))
    bill.unlink()
    assert "缺少文件 sbom.cdx.json" in damaged(bundle)
    assert _verify(bundle).returncode == 1
    bill.write_bytes(kept)
    stray.unlink()


def test_an_image_without_arm64_is_refused(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images.txt").write_text("ssj/credit:1\nssj/draw:1\nssj/gone:1\n", "utf-8")
    archive(tmp_path / "images" / "ssj_credit_1.tar", ("amd64",))
    archive(tmp_path / "images" / "ssj_draw_1.tar", ("amd64", "arm64"))
    assert list(one_sided(tmp_path)) == ["镜像 ssj/credit:1 缺少架构 arm64", "缺少镜像 ssj/gone:1"]
    (tmp_path / "images" / "ssj_gone_1.tar").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="ssj_gone_1"):
        architectures_of(tmp_path / "images" / "ssj_gone_1.tar")


def test_a_bundle_is_never_made_over_another(bundle: Path) -> None:
    with pytest.raises(FileExistsError):
        make(bundle, None, None, lambda *_: None)


def test_the_bill_of_materials_names_every_locked_package_with_its_digests() -> None:
    packages = list(read_lock(LOCK))
    bill = bill_of(packages, needed_images(), "1")
    assert bill == bill_of(packages, needed_images(), "1")
    purls = {one["purl"] for one in bill["components"] if one["type"] == "library"}
    pins = [line for line in LOCK.read_text("utf-8").splitlines() if "==" in line]
    assert len(purls) == len(pins) > 50
    assert all(one["hashes"] for one in bill["components"] if one["type"] == "library")
    assert bill["serialNumber"] != bill_of(packages[1:], needed_images(), "1")["serialNumber"]


def test_an_installation_goes_in_order_and_takes_the_sites_registry(bundle: Path) -> None:
    home = bundle / "k8s" / "overlays" / "site"
    home.mkdir()
    (home / "kustomization.yaml").write_text(SITE, "utf-8")
    try:
        assert _install(bundle, home).returncode != 0  # the bundle is no longer what was signed for
        with (bundle / "SHA256SUMS").open("a", encoding="utf-8") as sums:
            sums.write(f"{digest_of(home / 'kustomization.yaml')}  k8s/overlays/site/kustomization.yaml\n")
        done = _install(bundle, home)
        assert done.returncode == 0, done.stderr
        steps = [line for line in done.stdout.splitlines() if line.startswith("kubectl")]
        order = [
            "--server-side",
            "clusters.postgresql.cnpg.io",
            "component=provision",
            "component=migrate",
            "component in (api,worker",
        ]
        places = [next(at for at, line in enumerate(steps) if mark in line) for mark in order]
        assert places == sorted(places)
        assert _install(bundle, bundle / "k8s" / "overlays" / "production").returncode == 2  # nothing filled in
    finally:
        (home / "kustomization.yaml").unlink()


def _install(bundle: Path, overlay: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(kubectl()).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ("sh", bundle / "install.sh", "registry.site:5000", overlay),
        env={"PATH": path, "DRY_RUN": "1", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def _verify(bundle: Path) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, bundle / "verify.py", bundle)
    return subprocess.run(command, capture_output=True, text=True, timeout=60)
