"""The watcher of the broker: what it says of its health, and of a server that does not answer (REL36)."""

import threading
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest

from deploy.embedded.ports import free_port
from deploy.monitoring.watch import UP, Watcher, serve


@pytest.fixture
def address() -> Iterator[str]:
    """A watcher of one server that is not there."""
    watcher = Watcher([f"http://127.0.0.1:{free_port()}"])
    watcher.look()
    server = serve(watcher, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_lives_and_is_not_ready_while_no_server_answers(address: str) -> None:
    with urllib.request.urlopen(f"{address}/health/live") as answer:
        assert answer.status == 200
    with pytest.raises(HTTPError, match="503") as refused:
        urllib.request.urlopen(f"{address}/health/ready")
    refused.value.close()


def test_a_server_that_does_not_answer_is_told_of(address: str) -> None:
    with urllib.request.urlopen(f"{address}/metrics") as answer:
        assert b'ssj_nats_up{server="127"} 0.0' in answer.read()
    UP.clear()
