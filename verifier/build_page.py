"""Builds the stand-alone verifier from `js/*.js`: `ssj-verify.js` for pages and workers, `verify.mjs` for the command
line, the one-file page `dist/ssj-verify.html`, and the same page for a portal, `dist/ssj-verify-online.html`.

Run `python -m verifier.build_page` after any change below `verifier/js`, `verifier/page` or to `verify.html`.
The output depends on those files alone, so that a reviewer can rebuild what is published byte for byte (B4).
"""

import base64
import hashlib
from pathlib import Path

HERE = Path(__file__).parent

# Order matters: a module uses only what stands above it.
MODULES = (
    "refusal",
    "bytes",
    "sha256",
    "sm3",
    "hash",
    "natural",
    "json",
    "types",
    "pattern",
    "documents",
    "commitment",
    "merkle",
    "pool",
    "lists",
    "openings",
    "reveal",
    "select",
    "visits",
    "match",
    "result",
    "log",
    "content",
    "diagnose",
    "compare",
    "session",
    "enterprise",
    "report",
    "main",
)

HEAD = """\
// Verifier of the public draw protocol ssj-draw/1 (双随机抽取核对程序), without dependencies, without network.
// Made by build_page.py from js/*.js: change those, not this file. ES2017 at most.
// Node: require(); page: window.ssjVerify; worker: messages {type: "verify", buffer} and {type: "enterprise", text}.
(function (root) {
"use strict";
const ssj = {};
"""

TAIL = """
if (typeof module === "object" && module.exports) module.exports = ssj.api;
else if (typeof document === "undefined" && typeof importScripts === "function") ssj.api.serve(root);
else root.ssjVerify = ssj.api;
})(typeof self === "undefined" ? this : self);
"""


def read(name: str) -> str:
    """Text of a source file below `verifier/`."""
    return (HERE / name).read_text(encoding="utf-8")


def build_core() -> str:
    """The verifier core as one script."""
    parts = [f"\n// ---- {name}.js ----\n{read(f'js/{name}.js')}" for name in MODULES]
    return HEAD + "".join(parts) + TAIL


COMMAND_HEAD = """\
// The verifier of ssj-draw/1 for the command line, in one module: node verify.mjs FILE…
// Made by build_page.py from js/*.js and command.js: change those, not this file.
import fs from "node:fs";
import path from "node:path";
const module = { exports: {} };
"""
COMMAND_JOINT = "const { verify } = module.exports;\n"


def build_command() -> str:
    """The core and the command line as one ES module."""
    return COMMAND_HEAD + build_core() + COMMAND_JOINT + read("command.js")


def source_hash(script: str) -> str:
    """CSP source expression of an inline script (its exact text between the tags)."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def inline(script: str) -> str:
    """The text as it stands between script tags; a closing tag inside would end the script early."""
    if "</script" in script or "<!--" in script:
        msg = "a script contains a closing tag"
        raise ValueError(msg)
    return "\n" + script


OWN, NONE = "'self'", "'none'"


def build_page(*, online: bool = False) -> str:
    """The page with style, core and page script inlined; the policy admits these scripts and no network at all.

    `online`: the same page for a portal, which may fetch the record that lies beside its own address, from there alone.
    """
    core, page, style = inline(build_core()), inline(read("page/page.js")), read("page/page.css")
    beside = inline(read("page/beside.js")) if online else ""
    scripts = " ".join(source_hash(script) for script in (core, page, beside) if script)
    policy = (
        f"default-src 'none'; script-src {scripts} blob:; worker-src blob:; style-src {source_hash(style)}; "
        f"connect-src {OWN if online else NONE}; base-uri 'none'; form-action 'none'"
    )
    more = f"<script>{beside}</script>\n" if online else ""
    html = read("verify.html")
    for mark, text in (("policy", policy), ("style", style), ("core", core), ("page", page), ("beside", more)):
        html = html.replace(f"[[{mark}]]", text)
    return html


def main() -> None:
    """Writes all four files."""
    (HERE / "ssj-verify.js").write_text(build_core(), encoding="utf-8")
    (HERE / "verify.mjs").write_text(build_command(), encoding="utf-8")
    (HERE / "dist").mkdir(exist_ok=True)
    (HERE / "dist" / "ssj-verify.html").write_text(build_page(), encoding="utf-8")
    (HERE / "dist" / "ssj-verify-online.html").write_text(build_page(online=True), encoding="utf-8")


if __name__ == "__main__":
    main()
