"""`nats/users.conf`: one user per service with its subjects, from `deploy.topology`. `python -m deploy.k8s.nats_users`
writes it anew; a test holds the committed file equal (SEC28).

Passwords stand in `passwords.conf`, mounted from a Secret beside it: one line
`NAME_PASSWORD: "…"` per user, plain or bcrypt.
"""

import json
import sys
from pathlib import Path
from typing import Final

from deploy import topology

FILE: Final = Path(__file__).with_name("base") / "nats" / "users.conf"
ADMIN: Final = "provision"
"""Declares streams and durables; no service uses it."""
SYSTEM: Final = "system"
HEAD: Final = """\
# Written by python -m deploy.k8s.nats_users from deploy/topology.py. Everything that is not allowed here is refused.
include "passwords.conf"

system_account: SYS
accounts {
"""


def password_name(user: str) -> str:
    """The name in `passwords.conf`: `registry` → `REGISTRY_PASSWORD`."""
    return f"{user.upper()}_PASSWORD"


def every_user() -> tuple[str, ...]:
    """Every user whose password the Secret must hold."""
    return (*topology.PRODUCERS, ADMIN, SYSTEM)


def render() -> str:
    """The whole file: the services' account and the system account. No user lacks a password, none is the default."""
    services = "\n".join(_user(name, topology.permissions_of(name)) for name in topology.PRODUCERS)
    admin = topology.SubjectPermissions(("$JS.API.>",), ("_INBOX.>",))
    return (
        f"{HEAD}  SSJ {{\n    jetstream: enabled\n    users: [\n{services}\n{_user(ADMIN, admin)}\n    ]\n  }}\n"
        f"  SYS {{\n    users: [ {{ user: {SYSTEM}, password: ${password_name(SYSTEM)} }} ]\n  }}\n}}\n"
    )


def _user(name: str, allowed: topology.SubjectPermissions) -> str:
    def listed(subjects: tuple[str, ...]) -> str:
        return "".join(f"\n          {json.dumps(subject)}" for subject in subjects)

    return (
        f"      {{\n        user: {name}\n        password: ${password_name(name)}\n        permissions: {{\n"
        f"          publish: {{ allow: [{listed(allowed.publish)} ] }}\n"
        f"          subscribe: {{ allow: [{listed(allowed.subscribe)} ] }}\n        }}\n      }}"
    )


def main() -> int:
    """Writes the file."""
    FILE.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
