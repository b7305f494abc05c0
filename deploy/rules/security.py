"""KM01–KM07, KM11, KM12: what a pod may do (pod security "restricted", and a little more)."""

from deploy.rules.model import Findings, World, dig, rule

LOWEST_ID = 10_000
ALLOWED_VOLUMES = {"configMap", "secret", "emptyDir", "projected", "persistentVolumeClaim", "downwardAPI"}


@rule("KM01")
def numeric_user(world: World) -> Findings:
    """No root, and an id that no account of the node has."""
    for pod in world.pods:
        context = pod.spec.get("securityContext", {})
        if context.get("runAsNonRoot") is not True:
            yield world.found("KM01", pod, "runAsNonRoot is not true")
        for key in ("runAsUser", "runAsGroup"):
            if int(context.get(key, 0)) < LOWEST_ID:
                yield world.found("KM01", pod, f"{key} {context.get(key)} is below {LOWEST_ID}")
        for one in pod.containers:
            if dig(one, "securityContext.runAsUser", LOWEST_ID) < LOWEST_ID:
                yield world.found("KM01", pod, f"container {one['name']} runs as a lower id")


@rule("KM02")
def no_escalation(world: World) -> Findings:
    for pod in world.pods:
        for one in pod.containers:
            if dig(one, "securityContext.allowPrivilegeEscalation") is not False:
                yield world.found("KM02", pod, f"container {one['name']} may escalate privileges")


@rule("KM03")
def no_capabilities(world: World) -> Findings:
    for pod in world.pods:
        for one in pod.containers:
            held = dig(one, "securityContext.capabilities", {})
            if held.get("drop") != ["ALL"] or held.get("add"):
                yield world.found("KM03", pod, f"container {one['name']} keeps capabilities")


@rule("KM04")
def seccomp(world: World) -> Findings:
    for pod in world.pods:
        if dig(pod.spec, "securityContext.seccompProfile.type") != "RuntimeDefault":
            yield world.found("KM04", pod, "seccompProfile is not RuntimeDefault")


@rule("KM05")
def read_only_root(world: World) -> Findings:
    """Writable is an emptyDir with a bound, or a claim for what must last (KM07)."""
    for pod in world.pods:
        for one in pod.containers:
            if dig(one, "securityContext.readOnlyRootFilesystem") is not True:
                yield world.found("KM05", pod, f"container {one['name']} writes to its root")
        for volume in pod.spec.get("volumes", ()):
            if "emptyDir" in volume and not volume["emptyDir"].get("sizeLimit"):
                yield world.found("KM05", pod, f"emptyDir {volume['name']} has no sizeLimit")


@rule("KM06")
def nothing_of_the_node(world: World) -> Findings:
    for pod in world.pods:
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.spec.get(key):
                yield world.found("KM06", pod, f"{key} is on")
        if any("hostPath" in volume for volume in pod.spec.get("volumes", ())):
            yield world.found("KM06", pod, "a volume is a hostPath")
        for one in pod.containers:
            if dig(one, "securityContext.privileged"):
                yield world.found("KM06", pod, f"container {one['name']} is privileged")
            if any(port.get("hostPort") for port in one.get("ports", ())):
                yield world.found("KM06", pod, f"container {one['name']} takes a hostPort")


@rule("KM07")
def volume_kinds(world: World) -> Findings:
    for pod in world.pods:
        for volume in pod.spec.get("volumes", ()):
            if foreign := set(volume) - {"name"} - ALLOWED_VOLUMES:
                yield world.found("KM07", pod, f"volume {volume['name']} is of kind {', '.join(foreign)}")


@rule("KM11")
def own_account_without_token(world: World) -> Findings:
    accounts = {found.name for found in world.of("ServiceAccount")}
    users: dict[str, str] = {}
    for pod in world.pods:
        account = pod.spec.get("serviceAccountName", "")
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield world.found("KM11", pod, "the service account's token is mounted")
        if account not in accounts:
            yield world.found("KM11", pod, f"service account “{account}” is not declared")
        elif users.setdefault(account, pod.service) != pod.service:
            yield world.found("KM11", pod, f"shares the service account of {users[account]}")


@rule("KM12")
def no_service_links(world: World) -> Findings:
    """They would set REGISTRY_PORT and the like: names of our own settings."""
    for pod in world.pods:
        if pod.spec.get("enableServiceLinks") is not False:
            yield world.found("KM12", pod, "enableServiceLinks is not false")
