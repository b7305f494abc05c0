"""A child for the supervisor's tests: answers `/health/ready`, and misbehaves as its one JSON argument asks."""

import http.server
import json
import signal
import sys
import time

WISHES = json.loads(sys.argv[1])


def note(what: str) -> None:
    """One line into the shared journal, by which a test sees the order of things among several children."""
    if "journal" in WISHES:
        with open(WISHES["journal"], "a", encoding="utf-8") as out:
            out.write(f"{WISHES['name']} {what}\n")


class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return None


def on_stop(number: int, frame: object) -> None:
    note("stopped")
    sys.exit(0)


def main() -> None:
    print("演示进程启动", flush=True)
    note("started")
    if "dies" in WISHES:
        print("缺少设置，退出", flush=True)
        sys.exit(3)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in WISHES else on_stop)
    time.sleep(float(WISHES.get("slow", "0")))
    http.server.HTTPServer(("127.0.0.1", WISHES["port"]), Ready).serve_forever()


main()
