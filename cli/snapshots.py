"""The contracts as files: OpenAPI of every service, the JSON schema of every event, one AsyncAPI document.

A change of contract then shows in review; a test compares the files with the code.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI

from deploy import topology
from shared.events.catalogue import EVENTS
from shared.runtime.app import describe

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "api"
_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def documents() -> dict[str, dict[str, Any]]:
    """File name → document, all of them, made anew from the code."""
    found = {f"openapi/{name}.json": _openapi(name) for name in topology.PRODUCERS}
    found |= {f"events/{subject}.json": model.model_json_schema() for subject, model in EVENTS.items()}
    found["asyncapi.json"] = _asyncapi()
    return found


def _openapi(name: str) -> dict[str, Any]:
    module = "gateway.main" if name == topology.GATEWAY else f"services.{name}.main"
    app: FastAPI = describe(importlib.import_module(module).SERVICE)
    return app.openapi()


def _asyncapi() -> dict[str, Any]:
    """AsyncAPI 3: a channel per subject, who sends, who hears; payloads are the schemas beside it."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for subject, model in sorted(EVENTS.items()):
        producer = subject.split(".")[0]
        message = {
            "name": subject,
            "summary": (model.__doc__ or "").strip().split("\n")[0],
            "contentType": "application/json",
            "payload": {"$ref": f"events/{subject}.json"},
        }
        channels[subject] = {"address": subject, "messages": {subject: message}}
        operations[f"{producer}.send.{subject}"] = {"action": "send", "channel": {"$ref": f"#/channels/{subject}"}}
        for durable in topology.DURABLES:
            if durable.producer == producer:
                name = f"{durable.consumer}.receive.{subject}"
                operations[name] = {"action": "receive", "channel": {"$ref": f"#/channels/{subject}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "部门联合“双随机、一公开”监管平台事件", "version": "1"},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
    }


def encoded(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=_OPTIONS)


def write_snapshots() -> list[str]:
    """Writes every document and removes what no longer exists; returns the names written."""
    wanted = documents()
    for old in [*FOLDER.rglob("*.json")]:
        if old.relative_to(FOLDER).as_posix() not in wanted:
            old.unlink()
    for name, document in wanted.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(document))
    return sorted(wanted)
