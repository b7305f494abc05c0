"""Is a process ready? One question over HTTP."""

import http.client
from urllib.parse import urlsplit

from deploy.embedded.process import ProcessSpec

ANSWER_WITHIN = 2.0


def http_ready(url: str) -> bool:
    """Whether a GET of `url` (plain HTTP) answers 200 within two seconds."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN)
    try:
        connection.request("GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_ready(spec: ProcessSpec) -> bool:
    """Whether the process behind `spec` answers as it says it will; one that says nothing counts as ready."""
    if spec.ready_url is not None and not http_ready(spec.ready_url):
        return False
    return spec.ready_check is None or spec.ready_check()
