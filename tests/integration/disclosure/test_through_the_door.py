"""Everybody reads the public side through the gateway, without sign-in, at printed addresses; nothing else is there."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from deploy.embedded.platform import EmbeddedPlatform, embedded_platform


@pytest.fixture(scope="module")
def door() -> Iterator[EmbeddedPlatform]:
    with embedded_platform(None, ["disclosure", "gateway"], fast=True) as platform:
        yield platform


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/", 200, "text/html"),
        ("/search", 200, "text/html"),
        ("/statistics", 200, "text/html"),
        ("/open-data/dictionary.csv", 200, "text/csv"),
        ("/feeds/all.atom", 200, "application/atom+xml"),
        ("/api/disclosure/v1/status", 200, "application/json"),
        ("/api/disclosure/v1/search?q=%E5%AE%8F%E8%BE%BE", 200, "application/json"),
        ("/r/0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90", 404, "text/html"),
        ("/api/disclosure/v1/results/0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90", 404, "application/problem+json"),
        ("/v1/status", 404, "application/problem+json"),
        ("/internal/v1/events", 404, "application/problem+json"),
        ("/metrics", 404, "application/problem+json"),
        ("/api/disclosure/v1/operations/dead-letters", 401, "application/problem+json"),
        ("/developers", 200, "text/html"),
    ],
)
def test_what_is_public_is_answered_and_the_rest_is_not(
    door: EmbeddedPlatform, path: str, status: int, kind: str
) -> None:
    answer = httpx2.get(door.url("gateway") + path, trust_env=False)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (status, kind)
    assert "set-cookie" not in answer.headers


def test_a_page_goes_through_with_its_tag_and_is_told_once(door: EmbeddedPlatform) -> None:
    url = door.url("gateway") + "/help"
    first = httpx2.get(url, trust_env=False)
    again = httpx2.get(url, headers={"If-None-Match": first.headers["etag"]}, trust_env=False)
    assert (first.status_code, again.status_code) == (200, 304)
    assert "default-src 'none'" in first.headers["content-security-policy"]
