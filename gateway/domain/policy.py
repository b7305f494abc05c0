"""Who may call which route: data, deny by default.

A rule stands for one route of one service: `GET /v1/entities/{uscc}`. A route without a rule is closed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.values.errors import Forbidden, Invalid, NotFound, Refused

ANY_OFFICER = ANY_CLIENT = "*"
ENROLLING = "enrolling"
"""The only role of an administrator who has no second factor yet: opens the routes marked `half` alone."""
RENEWING = "renewing"
"""The only role of an officer whose password is too old: opens the routes marked `half` alone."""
MIB = 2**20


class RouteUnknown(NotFound):
    message = "没有这个地址"


class SignInNeeded(Forbidden):
    status = 401
    message = "请先登录"


class RoleNotAllowed(Forbidden):
    message = "当前账号没有办理此事的权限（需要：{roles}）"


class PasswordExpired(Forbidden):
    message = "密码已超过规定的使用期限，请先修改密码"


class SecondFactorMissing(Forbidden):
    message = "管理员账号必须先启用动态验证码才能办理业务"


class ScopeNotAllowed(Forbidden):
    message = "接入系统没有此接口的授权（需要：{scopes}）"


class BodyTooLarge(Invalid):
    status = 413
    message = "请求内容超过上限 {limit_mb} MB"


class UpstreamDown(Refused):
    status = 503
    message = "服务“{service}”暂时不可用，请稍后再试"


class UpstreamBusy(Refused):
    status = 503
    message = "服务“{service}”同时处理的请求已满，请稍后再试"


class StandingUnknown(Refused):
    status = 503
    message = "暂时无法核对调用者的状态，请稍后再试"


class UpstreamSlow(Refused):
    status = 504
    message = "服务“{service}”没有在规定时间内答复，请稍后查询办理结果"


@dataclass(frozen=True, slots=True)
class Rule:
    """`roles`: officers who hold one of them. `scopes`: machine clients that hold one of them. `*`: any of the kind."""

    service: str
    method: str
    template: str
    public: bool = False
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    half: bool = False
    """Open to who must first enrol a second factor or set a new password."""
    body_limit: int = MIB
    seconds: float | None = None
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Scope → members of the answer that it opens; a scope that is not named opens the whole answer."""

    def allow(self, caller: CallerFacts | None) -> None:
        """Returns if the caller may; raises SignInNeeded, RoleNotAllowed or ScopeNotAllowed."""
        if self.public:
            return
        if caller is None:
            raise SignInNeeded
        if caller.is_client:
            if ANY_CLIENT not in self.scopes and not self.scopes & caller.scopes:
                raise ScopeNotAllowed(scopes="、".join(sorted(self.scopes)) or "无")
        elif ENROLLING in caller.roles and not self.half:
            raise SecondFactorMissing
        elif RENEWING in caller.roles and not self.half:
            raise PasswordExpired
        elif ANY_OFFICER not in self.roles and not self.roles & caller.roles:
            raise RoleNotAllowed(roles="、".join(sorted(self.roles)) or "无")

    def shown(self, caller: CallerFacts | None) -> frozenset[str] | None:
        """The members of the answer that the caller's grants open; None: all of them."""
        if not self.fields or caller is None or not caller.is_client:
            return None
        granted = self.scopes & caller.scopes
        if not granted <= self.fields.keys():
            return None
        return frozenset(name for scope in granted for name in self.fields[scope])

    def admits(self, audience: str) -> bool:
        """Whether anybody of an audience (`public`, `client`, `officer`) may call the route at all."""
        return self.public or bool(self.scopes if audience == "client" else self.roles if audience == "officer" else ())


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """What a decision looks at."""

    roles: frozenset[str]
    scopes: frozenset[str]
    is_client: bool


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    parameters: dict[str, _Node] = field(default_factory=dict)
    """By what stands behind the parameter: `{id}` → "", `{kind}.csv` → ".csv"; longer ones are tried first."""
    rules: dict[str, Rule] = field(default_factory=dict)


class RouteTable:
    """Rules by path, a segment at a time; a literal segment wins over a parameter."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._roots: dict[str, _Node] = {}
        for rule in self.rules:
            node = self._roots.setdefault(rule.service, _Node())
            for segment in rule.template.strip("/").split("/"):
                node = _child(node, segment)
            node.rules[rule.method] = rule

    def find(self, service: str, method: str, path: str) -> Rule:
        """The rule of `path` (as the service sees it: `/v1/…`). Raises RouteUnknown."""
        root = self._roots.get(service)
        rule = None if root is None else _search(root, path.strip("/").split("/"), method)
        if rule is None:
            raise RouteUnknown
        return rule


def _child(node: _Node, segment: str) -> _Node:
    if not segment.startswith("{"):
        return node.children.setdefault(segment, _Node())
    ending = segment.partition("}")[2]
    made = node.parameters.setdefault(ending, _Node())
    node.parameters = dict(sorted(node.parameters.items(), key=lambda item: -len(item[0])))
    return made


def _search(node: _Node, segments: list[str], method: str) -> Rule | None:
    if not segments:
        return node.rules.get(method)
    head, rest = segments[0], segments[1:]
    literal = node.children.get(head)
    if literal is not None and (found := _search(literal, rest, method)) is not None:
        return found
    for ending, inner in node.parameters.items():
        fits = len(head) > len(ending) and head.endswith(ending)
        if fits and (found := _search(inner, rest, method)) is not None:
            return found
    return None


def read_policy(folder: Path) -> RouteTable:
    """Reads `<service>.toml`: `"GET /v1/x" = { roles = […], scopes = […], public = …, half = …, body_mb = …,
    seconds = …, fields = { "scope" = ["member"] } }`."""
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.toml")):
        lines: Mapping[str, Mapping[str, Any]] = tomllib.loads(path.read_text("utf-8"))
        rules += [_rule(path.stem, line, facts) for line, facts in lines.items()]
    return RouteTable(rules)


def _rule(service: str, line: str, facts: Mapping[str, Any]) -> Rule:
    unknown = set(facts) - {"public", "half", "roles", "scopes", "body_mb", "seconds", "fields"}
    if unknown:
        raise ValueError(f"{service}: {line}: unknown {sorted(unknown)}")
    method, template = line.split(" ")
    return Rule(
        service,
        method,
        template,
        public=facts.get("public", False),
        half=facts.get("half", False),
        roles=frozenset(facts.get("roles", ())),
        scopes=frozenset(facts.get("scopes", ())),
        body_limit=int(facts.get("body_mb", 1)) * MIB,
        seconds=facts.get("seconds"),
        fields={scope: tuple(names) for scope, names in facts.get("fields", {}).items()},
    )
