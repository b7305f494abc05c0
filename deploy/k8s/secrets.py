"""`python -m deploy.k8s.secrets DATA [--namespace ssj]`: the Secrets of an installation as YAML on stdout (口令与密钥).

Made once and kept in the data folder DATA: a second run gives the same, a service added later gets its own. Keep DATA
off the cluster and under lock: without its sealing keys sealed fields cannot be read after a loss. What others make
is in `MADE_ELSEWHERE`. Pipe it into `kubectl apply -f -`; nothing here is written into the repository.
"""

import argparse
import sys
from pathlib import Path
from typing import Final

import yaml

from deploy import topology
from deploy.embedded.credentials import Credentials, prepare_credentials
from deploy.embedded.layout import DataFolder, open_data_folder
from deploy.embedded.provision_postgres import role_name
from deploy.k8s.nats_users import ADMIN, SYSTEM, every_user, password_name

MADE_ELSEWHERE: Final = {
    "nats-tls": "cert-manager: tls.crt, tls.key, ca.crt for nats, nats-headless and nats-N.nats-headless",
    "edge-tls": "cert-manager or the authority of the site: the public name",
    "backups-s3": "the object store: access-key-id, secret-access-key",
} | {f"{name}-pg-ca": "CloudNativePG" for name in topology.PRODUCERS}
BROKER_ONLY: Final = (ADMIN, SYSTEM)


def secrets_of(data: DataFolder) -> dict[str, dict[str, str]]:
    """Name → key → value, for every Secret the manifests take and nobody else makes."""
    held = prepare_credentials(data, (*topology.PRODUCERS, *BROKER_ONLY))
    found = {name: content for service in topology.PRODUCERS for name, content in _of_service(data, held, service)}
    found["public-keys"] = {f"{name}.pem": _text(data.public_keys / f"{name}.pem") for name in topology.PRODUCERS}
    found["provision-nats"] = {"password": held[f"{ADMIN}_nats"]}
    lines = [f'{password_name(user)}: "{held[f"{user}_nats"]}"\n' for user in every_user()]
    found["nats-passwords"] = {"passwords.conf": "".join(lines)}
    return found


def _of_service(data: DataFolder, held: Credentials, service: str) -> list[tuple[str, dict[str, str]]]:
    keys = {"private.pem": _text(data.private_key(service)), "seal.keys": _text(data.seal_key(service))}
    if service == "credit":
        keys["answers.keys"] = _text(data.answer_keys)
    logins = [
        (f"{service}-pg-{kind}", {"username": role_name(service, kind), "password": held[role_name(service, kind)]})
        for kind in ("owner", "app")
    ]
    return [*logins, (f"{service}-nats", {"password": held[f"{service}_nats"]}), (f"{service}-keys", keys)]


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def manifest(name: str, namespace: str, content: dict[str, str]) -> dict[str, object]:
    """One Secret; logins of databases are of the kind CloudNativePG asks for."""
    kind = "kubernetes.io/basic-auth" if "username" in content else "Opaque"
    metadata = {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "ssj"}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "stringData": content}


def main() -> int:
    """Writes the YAML."""
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.secrets")
    parser.add_argument("data", type=Path, help="folder that keeps the installation's secrets")
    parser.add_argument("--namespace", default="ssj")
    chosen = parser.parse_args()
    made = secrets_of(open_data_folder(chosen.data, needed_bytes=0))
    yaml.safe_dump_all((manifest(name, chosen.namespace, made[name]) for name in sorted(made)), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
