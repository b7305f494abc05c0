"""A platform in a process of its own, so that a test can kill that process: prints its address book and waits."""

import json
import os
import signal
import sys
from pathlib import Path

from deploy.embedded.options import PlatformOptions
from deploy.embedded.platform import embedded_platform
from tests.integration.embedded.support import demo_process

options = PlatformOptions(extra=(demo_process("demo"),))
with embedded_platform(Path(sys.argv[1]), [], fast=True, options=options) as platform:
    report = {name: platform.pid(name) for name in ("postgres", "nats", "demo")}
    print(json.dumps({**report, "self": os.getpid(), "dsn": platform.admin_dsn}), flush=True)
    signal.pause()
