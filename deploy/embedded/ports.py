"""Free TCP ports of the loopback address."""

import secrets
import socket
from typing import Final

from deploy.embedded.errors import PortInUse

LOOPBACK: Final = "127.0.0.1"
LOWEST: Final = 20_000
SPAN: Final = 12_000
"""20000–31999 lies below Linux's range for outgoing connections (32768 up): between a server's crash and its restart no
client connection of another program can take its port."""


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now. Ports still in TIME_WAIT count as free, as they do for servers."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port(taken: set[int] | None = None) -> int:
    """A free port that is not in `taken`; it is added there, so that one run never hands a port out twice."""
    used = taken if taken is not None else set()
    for _ in range(SPAN):
        port = LOWEST + secrets.randbelow(SPAN)
        if port not in used and is_free(port):
            used.add(port)
            return port
    raise PortInUse(LOWEST, "20000 至 31999 全部端口")


def claim_port(wanted: int | None, purpose: str, taken: set[int]) -> int:
    """The wanted port if it is free, any free one if none is wanted. Raises `PortInUse`."""
    if wanted is None:
        return free_port(taken)
    if not is_free(wanted):
        raise PortInUse(wanted, purpose)
    taken.add(wanted)
    return wanted
