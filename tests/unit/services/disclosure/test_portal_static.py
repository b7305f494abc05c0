"""Files of the portal: small, of old browsers' reach (Chromium 64, ES2017), of nobody else (`experience.md` 1.1)."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess

import pytest

from services.disclosure.api.html import STATIC, asset

CSS_BUDGET = 25_000
CSS = (STATIC / "portal.css").read_text("utf-8")
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
SCRIPTS = sorted(path for path in STATIC.rglob("*.js"))
TOO_NEW = {
    r":has\(": "Chromium 105",
    r":is\(|:where\(": "Chromium 88",
    r":focus-visible": "Chromium 86, and one unknown selector drops its whole rule",
    r":not\([^)]*,": "Chromium 88",
    r"color-mix\(": "Chromium 111",
    r"@container|container-type": "Chromium 105",
    r"@layer": "Chromium 99",
    r"aspect-ratio": "Chromium 88",
    r"\b(?:min|max|clamp)\(": "Chromium 79",
    r"\binset\s*:": "Chromium 87",
    r"(?:margin|padding|border)-(?:inline|block)": "Chromium 87",
    r"(?:^|[;{\s])(?:row-|column-)?gap\s*:": "gap: Chromium 66 in grids, 84 in flex rows; grid-gap is known",
    r"overflow-wrap\s*:\s*anywhere": "Chromium 80",
    r"\d(?:d|s|l)v[hw]\b": "Chromium 108",
    r"accent-color": "Chromium 93",
    r"rgb\(\s*\d+\s+\d+": "Chromium 65",
    r"text-underline-offset|text-decoration-thickness": "Chromium 87, 89",
    r"@import|url\(\s*['\"]?https?:|@font-face": "nothing from elsewhere, no font of its own",
    r"(?:^|[}\s])&": "nesting: Chromium 112",
}


@pytest.mark.parametrize(("pattern", "since"), TOO_NEW.items())
def test_the_style_sheet_uses_nothing_that_old_browsers_drop(pattern: str, since: str) -> None:
    assert re.findall(pattern, RULES, re.MULTILINE) == [], since


def test_rules_do_not_nest() -> None:
    depth = deepest = 0
    for sign in RULES:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        deepest = max(deepest, depth)
    assert (depth, deepest) == (0, 2)
    inner = re.findall(r"@media[^{]+\{((?:[^{}]*\{[^{}]*\})*)\s*\}", RULES)
    assert len(inner) == RULES.count("@media")


def test_style_sheets_are_small() -> None:
    sheets = list(STATIC.rglob("*.css"))
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in sheets) <= CSS_BUDGET


def test_at_most_three_main_colours_are_named() -> None:
    named = set(re.findall(r"--([a-z]+):", CSS.split("}")[0]))
    assert named == {"navy", "ink", "red"} | {"link", "quiet", "line", "pale", "paper", "focus"}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", ["ink", "navy", "red", "link", "quiet"])
@pytest.mark.parametrize("ground", ["#ffffff", "#f0f4f8", "#fbf1f1"])
def test_every_colour_of_letters_is_read_on_every_ground(name: str, ground: str) -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1."""
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}});", CSS)
    assert found
    light, dark = sorted((luminance(found[1]), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_elders_mode_is_large_and_wide_spaced() -> None:
    """MIIT 2021: line height of 1.5 at least; 18 px letters and more."""
    assert float(re.findall(r"\.elder \{ font-size: ([\d.]+)%", CSS)[0]) * 16 / 100 >= 18
    assert float(re.findall(r"\.elder body \{ line-height: ([\d.]+)", CSS)[0]) >= 1.5


_PARSE = """
const acorn = require("internal/deps/acorn/acorn/dist/acorn");
acorn.parse(require("fs").readFileSync(process.argv[1], "utf-8"), {ecmaVersion: 8, sourceType: "script"});
"""


@pytest.mark.parametrize("path", SCRIPTS or [None], ids=lambda path: path.name if path else "none")
def test_scripts_are_of_the_year_2017(path: object) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: nothing here parses ES2017")
    if path is None:
        pytest.skip("the portal has no script")
    run = subprocess.run(
        [node, "--expose-internals", "-e", _PARSE, str(path)], capture_output=True, text=True, timeout=30
    )
    assert run.returncode == 0, run.stderr


def test_the_parser_would_notice_a_newer_script(tmp_path: object) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: nothing here parses ES2017")
    newer = STATIC.__class__(str(tmp_path)) / "newer.js"
    newer.write_text("const a = b?.c;", "utf-8")
    run = subprocess.run(
        [node, "--expose-internals", "-e", _PARSE, str(newer)], capture_output=True, text=True, timeout=30
    )
    assert run.returncode != 0
    assert "SyntaxError" in run.stderr


def test_the_address_of_a_file_names_its_content() -> None:
    assert re.fullmatch(r"/static/[0-9a-f]{12}/portal\.css", asset("portal.css"))
