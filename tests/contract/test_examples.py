"""What the documents show is true: every body has an example, and every example passes the model it stands for.

Examples of requests are read by the model that reads an officer's request; examples of answers by the model that
writes them. `conventions.md` 4.2 and 4.3.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from services.credit.api.fact_files import read_batch
from services.results.api.import_files import read_body
from shared.runtime.problems import MEDIA_TYPE
from tests.contract.examples import EVERYWHERE, Operation, Silent, example_of, operations

WITHOUT_MODEL = {
    "/internal/v1/events": "the log as it stands: rows whose payloads are the events of docs/api/events",
    "/v1/draws/{draw_id}/record": "the draw's record is the protocol's own document, with a schema of its own",
    "/internal/v1/draws/{draw_id}/public-side": "lists of the same record, and megabytes of tokens in hex",
}
"""JSON answers that no model of ours writes."""
KEYLESS = {
    "/oauth2/token": "a new token harms nobody",
    "/v1/import-files": "stored under its digest: twice is once",
    "/v1/repair-files": "the same",
    "/v1/repair-tokens/{token}/files": "the same",
    "/v1/evidence-files": "stored under its digest: twice is once",
    "/v1/restriction-checks": "a question put by POST for its length",
    "/v1/signature-checks": "a question put by POST",
    "/v1/plans/{plan_id}/what-if": "a trial that keeps nothing",
    "/internal/v1/": "services read by POST",
}
"""POST routes that need no Idempotency-Key."""
READ_BY_HAND: dict[str, Callable[[bytes], Any]] = {
    "/v1/fact-imports": lambda body: read_batch("application/json", body).rows,
    "/v1/result-imports": lambda body: read_body("application/json", body, None).records[0].content,
}
"""Bodies that are JSON or a table file, and what each reads of its example."""
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
OPERATIONS = operations()
WITH_BODY = [operation for operation in OPERATIONS if operation.request_schema is not None]
WITH_ANSWER = [operation for operation in OPERATIONS if operation.path not in WITHOUT_MODEL]


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_every_request_body_has_an_example_that_its_model_takes(operation: Operation) -> None:
    assert operation.request_examples
    field = operation.route.body_field
    reader: TypeAdapter[Any] | None = TypeAdapter(field.field_info.annotation) if field else None
    for example in operation.request_examples:
        body = json.dumps(example)
        if reader is None:
            assert READ_BY_HAND[operation.path](body.encode())
        else:
            reader.validate_json(body)


@pytest.mark.parametrize("operation", WITH_ANSWER, ids=str)
def test_every_answer_has_an_example_that_its_model_writes(operation: Operation) -> None:
    for schema in operation.response_schemas.values():
        example = example_of(schema, operation.schemas)
        TypeAdapter(operation.route.response_model).validate_json(json.dumps(example))


def test_every_field_example_fits_its_field() -> None:
    """Those that lost to another in the composed examples too."""
    wrong: list[str] = []
    for operation in OPERATIONS:
        for model in _models(operation):
            wrong += [
                f"{operation.service}: {model.__name__}.{name}: {example!r}"
                for name, field in model.model_fields.items()
                for example in field.examples or ()
                if not _fits(model, name, example)
            ]
    assert sorted(set(wrong)) == []


def _models(operation: Operation) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    body = operation.route.body_field
    waiting = [operation.route.response_model, body.field_info.annotation if body else None]
    while waiting:
        part = waiting.pop()
        waiting += getattr(part, "__args__", ())
        if isinstance(part, type) and issubclass(part, BaseModel) and part not in found:
            found.add(part)
            waiting += [field.annotation for field in part.model_fields.values()]
    return found


def _fits(model: type[BaseModel], name: str, example: object) -> bool:
    field = model.model_fields[name]
    try:
        TypeAdapter(field.rebuild_annotation()).validate_json(json.dumps(example))
    except ValidationError:
        return False
    return True


def test_answers_without_model_are_the_ones_listed() -> None:
    found = {op.path for op in OPERATIONS for schema in op.response_schemas.values() if not schema}
    assert found == set(WITHOUT_MODEL)


def test_every_operation_declares_its_refusals_as_problems() -> None:
    silent: list[str] = []
    for operation in OPERATIONS:
        answers = operation.facts["responses"]
        wanted = EVERYWHERE | ({"412", "428"} if _takes(operation, "if-match") else set())
        silent += [f"{operation}: {status}" for status in sorted(wanted - set(answers))]
        silent += [
            f"{operation}: {status} is no problem"
            for status in answers
            if status >= "400" and answers[status]["content"] != PROBLEM
        ]
    assert silent == []


def test_acts_take_their_key_and_writes_on_a_version_take_the_version() -> None:
    """`conventions.md` 4.4 and 4.5 (REL19, REL20)."""
    keyless = [
        str(operation)
        for operation in OPERATIONS
        if operation.method == "post" and not _takes(operation, "idempotency-key")
        if not operation.path.startswith(tuple(KEYLESS))
    ]
    blind = [
        str(operation)
        for operation in OPERATIONS
        if operation.method in ("put", "patch", "delete") and not _takes(operation, "if-match")
    ]
    assert (keyless, blind) == ([], [])


def _takes(operation: Operation, header: str) -> bool:
    return any(found["in"] == "header" and found["name"] == header for found in operation.facts.get("parameters", ()))


class Told(BaseModel):
    """A model that says what a wrong document would."""

    known: int = Field(examples=["nine"])
    silent: str


def test_a_silent_field_and_a_false_example_are_seen() -> None:
    schema = Told.model_json_schema()
    with pytest.raises(Silent, match="silent"):
        example_of(schema | {"required": ["silent"]}, {})
    assert not _fits(Told, "known", "nine")
