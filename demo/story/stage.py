"""The stage: steps with names, checks that fail by name, officers signed in through the gateway."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx2

from demo.district import District
from demo.story.expectations import Expectations
from shared.values.ids import new_id

PASSWORD = "demo-Mengjin-2026"  # noqa: S105 - printed to everybody who starts the demo


class StoryFailed(Exception):
    """A check of the story did not hold; names the step."""

    def __init__(self, step: str, detail: str) -> None:
        super().__init__(f"步骤 {step}：{detail}")
        self.step, self.detail = step, detail


class Machinery(Protocol):
    """What the story may do to the platform besides calling it: the faults it plays."""

    def stop_process(self, name: str) -> None: ...

    def start_process(self, name: str) -> None: ...

    def restart_with(self, name: str, env: Mapping[str, str]) -> None: ...

    def create_administrator(self, login: str, password: str) -> None: ...


@dataclass(frozen=True, slots=True)
class StepDone:
    """One step as the table at the end shows it."""

    name: str
    title: str
    seconds: float
    checks: int
    note: str


@dataclass
class Stage:
    """Everything the steps share. `facts` holds what earlier steps learned (ids, numbers)."""

    base_url: str
    machinery: Machinery
    district: District
    files: Path
    expect: Expectations
    fault: str | None = None
    announce: Callable[[StepDone], None] = lambda done: None
    facts: dict[str, Any] = field(default_factory=dict)
    done: list[StepDone] = field(default_factory=list)
    _step: str = ""
    _checks: int = 0
    _note: str = ""
    _clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[None]:
        """One step. An error of any kind inside becomes StoryFailed with the step's name."""
        self._step, self._checks, self._note = name, 0, ""
        started = time.monotonic()
        try:
            yield
        except (httpx2.HTTPError, KeyError, IndexError, TypeError, ValueError, AssertionError) as error:
            raise StoryFailed(name, f"{type(error).__name__}: {error}") from error
        done = StepDone(name, title, time.monotonic() - started, self._checks, self._note)
        self.done.append(done)
        self.announce(done)

    def check(self, holds: bool, detail: str) -> None:
        """Counts a check; raises StoryFailed where it does not hold."""
        self._checks += 1
        if not holds:
            raise StoryFailed(self._step, detail)

    def equal(self, found: object, expected: object, what: str) -> None:
        self.check(found == expected, f"{what}：得到 {found!r}，应为 {expected!r}")

    def note(self, text: str) -> None:
        """A word for the table: what was counted."""
        self._note = text

    # Through the gateway

    async def sign_in(self, login: str) -> httpx2.AsyncClient:
        """The client of an officer's account, signed in once."""
        if login not in self._clients:
            async with httpx2.AsyncClient(base_url=self.base_url, trust_env=False, timeout=30) as http:
                form = {"grant_type": "password", "username": login, "password": PASSWORD}
                answer = await http.post("/oauth2/token", data=form)
            self.check(answer.status_code == 200, f"账号 {login} 不能登录：{answer.text}")
            self._clients[login] = self._client(answer.json()["access_token"])
        return self._clients[login]

    async def sign_in_system(self, client_id: str, secret: str) -> httpx2.AsyncClient:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        async with httpx2.AsyncClient(base_url=self.base_url, trust_env=False) as http:
            answer = await http.post("/oauth2/token", data=form)
        self.check(answer.status_code == 200, f"接入系统 {client_id} 不能取得令牌：{answer.text}")
        self._clients[client_id] = self._client(answer.json()["access_token"])
        return self._clients[client_id]

    def _client(self, token: str) -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx2.AsyncClient(base_url=self.base_url, headers=headers, trust_env=False, timeout=60)

    @staticmethod
    def key() -> dict[str, str]:
        """A fresh Idempotency-Key, as a header."""
        return {"Idempotency-Key": str(new_id())}

    async def act(self, login: str, path: str, body: object = None, **expected: int) -> Any:
        """POSTs as an officer and expects success (or `status=`); returns the body."""
        http = await self.sign_in(login)
        answer = await http.post(path, json=body, headers=self.key())
        return self._answer(answer, path, expected.get("status"))

    async def read(self, login: str, path: str, **query: Any) -> Any:
        http = await self.sign_in(login)
        return self._answer(await http.get(path, params=query), path, None)

    async def upload(self, login: str, path: str, file: Path, media_type: str) -> Any:
        http = await self.sign_in(login)
        headers = self.key() | {"Content-Type": media_type}
        return self._answer(await http.post(path, content=file.read_bytes(), headers=headers), path, None)

    def _answer(self, answer: httpx2.Response, path: str, status: int | None) -> Any:
        right = answer.status_code == status if status else answer.is_success
        self.check(right, f"{path} 答复 {answer.status_code}：{answer.text[:400]}")
        kind = answer.headers.get("content-type", "")
        return answer.json() if "json" in kind and answer.content else answer.content

    async def until(self, what: str, ask: Callable[[], Awaitable[Any]], seconds: float = 30.0) -> Any:
        """Asks until the answer is true-ish; fails by name when time is up."""
        deadline = time.monotonic() + seconds
        while True:
            found = await ask()
            if found:
                self._checks += 1
                return found
            if time.monotonic() > deadline:
                raise StoryFailed(self._step, f"{seconds:.0f} 秒内没有等到：{what}")
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
