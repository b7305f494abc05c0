"""The house as `conventions` describes it: rooms, sizes, names, languages. A rule that nothing holds is a wish."""

from __future__ import annotations

import re
import statistics
import subprocess

import pytest

from deploy import topology
from tests.architecture.source import (
    PACKAGES,
    ROOMS,
    ROOT,
    SERVICES,
    functions,
    imported_modules,
    module_of,
    name_of,
    python_files,
    tree,
)

HAND_OUTS = {"verifier/verify.py", "verifier/verify_audit.py"}
"""One file on purpose: a citizen carries it on a stick."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def tracked_text_files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    return [name for name in listed.stdout.decode().splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms(service: str) -> None:
    here = ROOT / "services" / service
    missing = [room for room in ROOMS if not (here / room / "__init__.py").is_file()]
    missing += [name for name in ("README.md", "main.py", "settings.py") if not (here / name).is_file()]
    stray = [
        path.name
        for path in here.iterdir()
        if path.name not in {*ROOMS, "README.md", "main.py", "settings.py", "__init__.py", "__pycache__"}
    ]
    assert (missing, stray) == ([], [])
    assert len((here / "main.py").read_text("utf-8").splitlines()) <= 80


def test_files_hold_one_idea() -> None:
    long = [
        f"{name_of(path)}: {lines}"
        for path in python_files()
        if (lines := len(path.read_text("utf-8").splitlines())) > 400 and name_of(path) not in HAND_OUTS
    ]
    assert long == []


def test_functions_are_short() -> None:
    lengths: list[int] = []
    long: list[str] = []
    for path in python_files(*PACKAGES):
        for function in functions(path):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            lengths.append(length)
            if length > 60:
                long.append(f"{name_of(path)}:{function.lineno} {function.name} {length}")
    assert long == []
    assert statistics.median(lengths) <= 10


EARLY = {"shared.values.money"}
"""Named by the architecture before its second user: money comes with penalties (issue 6)."""


def test_a_module_of_shared_is_used_by_two() -> None:
    """A module of `shared` earns its place by two importers; with one it moves to that service. A part of the package
    that another part imports is a split by concept: its user is whoever uses the package."""
    users: dict[str, set[str]] = {}
    for path in python_files(*PACKAGES, "tests"):
        user = module_of(path)
        who = user.split(".")[1] if user.startswith("services.") else user
        for module in imported_modules(path):
            users.setdefault(module, set()).add(who)
    lonely = []
    for path in python_files("shared/values", "shared/runtime"):
        module = module_of(path)
        if path.name == "__init__.py" or "migrations" in path.parts:
            continue
        found = users.get(module, set())
        is_part = any(user.startswith(module.rpartition(".")[0] + ".") for user in found)
        if len(found) < 2 and not is_part:
            lonely.append(module)
    assert sorted(set(lonely) - EARLY) == []


def test_what_a_service_hears_and_who_may_call_it_agree_with_the_topology() -> None:
    import importlib

    services = {name: importlib.import_module(f"services.{name}.main").SERVICE for name in SERVICES}
    assert {name: set(service.hears) for name, service in services.items()} == {
        name: set(topology.HEARS[name]) for name in SERVICES
    }
    for name, service in services.items():
        for peer in {*service.asks, *service.hears}:
            assert name in services[peer].answers, f"{peer} does not answer {name}"


def test_durables_have_plain_short_names() -> None:
    for durable in topology.DURABLES:
        assert re.fullmatch(r"[a-z]+-from-[a-z]+", durable.name)
        assert len(durable.name) <= 32


def test_every_error_speaks_chinese() -> None:
    """The tree's own roots apart, each error has a message that an officer can read."""
    import ast

    silent = []
    for path in python_files("services", "gateway", "shared"):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ClassDef):
                continue
            messages = [
                value.value
                for line in node.body
                if isinstance(line, ast.Assign)
                for target in line.targets
                for value in (line.value.elts if isinstance(line.value, ast.Tuple) else [line.value])
                if "message" in ast.unparse(target) and isinstance(value, ast.Constant) and isinstance(value.value, str)
            ]
            if messages and not any(CHINESE.search(message) for message in messages):
                silent.append(f"{name_of(path)}:{node.lineno} {node.name}")
    assert silent == []


def test_no_address_of_a_registry_and_no_path_of_a_machine_stands_in_the_repository() -> None:
    hosts = re.compile(
        "|".join([r"py" + r"pi\.org", r"python" + r"hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian"])
    )
    paths = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|home)/[a-z.]")
    found = []
    for name in tracked_text_files():
        if name.startswith(("docs/spec/", "tests/vectors/")):
            continue
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if hosts.search(text) or paths.search(text):
            found.append(name)
    assert found == []


def test_every_requirement_is_traced() -> None:
    """`docs/traceability.md` has a row per id: code and test, or open with the reason."""
    requirements = (ROOT / "docs/spec/requirements.md").read_text("utf-8")
    ids = re.findall(r"^\| ([A-Z]\d+) \|", requirements, re.MULTILINE)
    rows = re.findall(r"^\| ([A-Z]\d+) \| (.+) \|$", (ROOT / "docs/traceability.md").read_text("utf-8"), re.MULTILINE)
    traced = dict(rows)
    assert sorted(set(ids) - set(traced)) == []
    for requirement, row in rows:
        cells = [cell.strip() for cell in row.split(" | ")]
        named = [ROOT / path.strip("`") for path in re.findall(r"`[a-z_/.\-]+\.(?:py|js|md|html)`", row)]
        assert "open" in cells[0] or named, f"{requirement} names neither code nor a reason"
        assert [str(path) for path in named if not path.exists()] == [], requirement


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/dependencies.md").read_text("utf-8")
    wanted = set()
    for name in ("run.in", "dev.in"):
        for line in (ROOT / "requirements" / name).read_text("utf-8").splitlines():
            if found := re.match(r"([a-z0-9-]+)(?:\[[a-z]+\])?(?:==|$)", line):
                wanted.add(found[1])
    assert sorted(name for name in wanted if f"`{name}`" not in reasons) == []
