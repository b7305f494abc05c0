"""`python -m deploy.rules [OVERLAY…] [--json] [--sums]`: KM01–KM48 over every overlay (all without a name).

Exit 0 nothing broken, 1 something is, 2 an overlay could not be rendered. stdout is data, stderr is talk.
"""

import argparse
import json
import sys
from dataclasses import asdict

from deploy.rules.check import EVERY_RULE, breaches_of, world_of
from deploy.rules.model import World
from deploy.rules.operations import sums
from deploy.rules.render import OVERLAYS, RenderFailed
from deploy.rules.wishes import read_wishes


def main() -> int:
    """Checks, tells, returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.rules")
    parser.add_argument("overlays", nargs="*", default=OVERLAYS, help="which overlays; all if none is named")
    parser.add_argument("--json", action="store_true", help="breaches as JSON")
    parser.add_argument("--sums", action="store_true", help="what each overlay asks for, instead of checking")
    chosen = parser.parse_args()
    wishes = read_wishes()
    try:
        worlds = [world_of(overlay, wishes) for overlay in chosen.overlays]
    except RenderFailed as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if chosen.sums:
        sys.stdout.writelines(f"{line}\n" for line in map(told_sums, worlds))
        return 0
    broken = [breach for world in worlds for breach in breaches_of(world)]
    lines = [json.dumps([asdict(one) for one in broken], ensure_ascii=False, indent=2)] if chosen.json else broken
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stderr.write(f"{len(worlds)} overlays, {len(EVERY_RULE)} rules, {len(broken)} breaches\n")
    return 1 if broken else 0


def told_sums(world: World) -> str:
    """`small: 2.35 CPU, 5.10 GiB`: what an overlay asks for."""
    cpu, memory = sums(world)
    return f"{world.overlay}: {cpu:.2f} CPU, {memory / 2**30:.2f} GiB"


if __name__ == "__main__":
    sys.exit(main())
