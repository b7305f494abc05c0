"""The broker's committed configuration as it will run: three servers, TLS, a user per service (KM30, KM31, SEC28)."""

import asyncio
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import nats
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from nats.aio.client import Client

from deploy.embedded.nats_server import find_nats_server
from deploy.embedded.ports import free_port
from deploy.k8s.nats_users import every_user, password_name
from deploy.monitoring.watch import Watcher
from deploy.rules.render import MANIFESTS
from deploy.topology import declared_streams

SERVERS = range(3)
FOLDER = MANIFESTS / "base" / "nats"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[int], list[int]]]:
    """(folder of certificates, client ports, monitor ports) of three running servers."""
    folder = tmp_path_factory.mktemp("broker")
    _certificates(folder)
    taken: set[int] = set()
    clients, routes, monitors = ([free_port(taken) for _ in SERVERS] for _ in range(3))
    with ExitStack() as stack:
        for number in SERVERS:
            home = folder / f"nats-{number}"
            home.mkdir()
            text = (FOLDER / "nats.conf").read_text("utf-8")
            for old, new in (
                ("0.0.0.0:4222", f"127.0.0.1:{clients[number]}"),
                ("0.0.0.0:6222", f"127.0.0.1:{routes[number]}"),
                ("0.0.0.0:8222", f"127.0.0.1:{monitors[number]}"),
                ("/etc/nats-tls", str(folder)),
                ("/data/jetstream", str(home / "store")),
                ("/var/run/nats", str(home)),
                *((f"nats-{one}.nats-headless:6222", f"127.0.0.1:{routes[one]}") for one in SERVERS),
            ):
                assert old in text
                text = text.replace(old, new)
            (home / "nats.conf").write_text(text, "utf-8")
            (home / "users.conf").write_text((FOLDER / "users.conf").read_text("utf-8"), "utf-8")
            lines = [f'{password_name(user)}: "word-of-{user}"\n' for user in every_user()]
            (home / "passwords.conf").write_text("".join(lines), "utf-8")
            command = (find_nats_server(), "-c", home / "nats.conf", "-n", f"nats-{number}", "-l", home / "log")
            process = subprocess.Popen(command)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        yield folder, clients, monitors


def test_the_job_declares_all_streams_on_three_servers(cluster: tuple[Path, list[int], list[int]]) -> None:
    folder, clients, monitors = cluster
    done = _provision(folder, clients[0])
    assert done.returncode == 0, done.stderr
    assert _provision(folder, clients[1]).returncode == 0  # and finds them as declared
    watcher = Watcher([f"http://127.0.0.1:{port}" for port in monitors])
    watcher.look()
    assert watcher.ready
    assert watcher.known == len(declared_streams())


async def test_a_service_tells_its_own_facts_and_no_others(cluster: tuple[Path, list[int], list[int]]) -> None:
    folder, clients, _ = cluster
    assert _provision(folder, clients[0]).returncode == 0
    refused: list[str] = []
    client = await _connect(folder, clients[2], "credit", refused)
    answer = await client.request("credit.flag.raised.v1", b"{}", timeout=5)
    assert b'"stream":"CREDIT"' in answer.data
    await client.publish("results.result.published.v1", b"{}")
    await client.flush()
    await asyncio.sleep(0.2)
    await client.close()
    assert any("permissions violation" in text.lower() for text in refused)


async def test_nobody_comes_in_without_a_password_or_without_the_authority(
    cluster: tuple[Path, list[int], list[int]],
) -> None:
    folder, clients, _ = cluster
    for user, authority in ((None, folder / "ca.crt"), ("credit", None)):
        with pytest.raises((nats.errors.Error, OSError)):
            await _connect(folder, clients[0], user, [], authority)


async def _connect(
    folder: Path, port: int, user: str | None, refused: list[str], authority: Path | str | None = ""
) -> Client:
    context = ssl.create_default_context(cafile=folder / "ca.crt" if authority == "" else authority)

    async def note(error: Exception) -> None:
        refused.append(str(error))

    login = {"user": user, "password": f"word-of-{user}"} if user else {}
    return await nats.connect(
        f"tls://127.0.0.1:{port}",
        tls=context,
        inbox_prefix=f"_INBOX_{user}",
        error_cb=note,
        allow_reconnect=False,
        max_reconnect_attempts=1,
        **login,
    )


def _provision(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(MANIFESTS.parents[1]),
        "PROVISION_NATS_HOST": f"127.0.0.1:{port}",
        "PROVISION_NATS_USER": "provision",
        "PROVISION_NATS_PASSWORD": "word-of-provision",
        "SSL_CERT_FILE": str(folder / "ca.crt"),
    }
    deadline = time.monotonic() + 40
    while True:  # the cluster may still be choosing its leader, as it may when the Job runs
        done = subprocess.run(
            (sys.executable, "-m", "deploy.k8s.provision"), env=environment, capture_output=True, text=True, timeout=60
        )
        if done.returncode == 0 or time.monotonic() > deadline:
            return done
        time.sleep(0.5)


def _certificates(folder: Path) -> None:
    """An authority and one certificate for all servers of the loopback."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    now = datetime.now(UTC)

    def certificate(name: x509.Name, public: ec.EllipticCurvePublicKey, *, is_authority: bool) -> x509.Certificate:
        names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(authority)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(names, critical=False)
            .sign(authority_key, hashes.SHA256())
        )

    server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nats")])
    pem = serialization.Encoding.PEM
    (folder / "ca.crt").write_bytes(
        certificate(authority, authority_key.public_key(), is_authority=True).public_bytes(pem)
    )
    (folder / "tls.crt").write_bytes(certificate(server, key.public_key(), is_authority=False).public_bytes(pem))
    (folder / "tls.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
