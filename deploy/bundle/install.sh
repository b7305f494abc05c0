#!/bin/sh
# install.sh PREFIX OVERLAY: installs or upgrades. OVERLAY is a folder that builds on k8s/overlays/production or small.
# The same order serves both: what migrations do the old code survives, so they go first and pods roll after.
# DRY_RUN=1 prints what would be run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:?用法：install.sh 镜像仓库地址 部署目录}
overlay=${2:?用法：install.sh 镜像仓库地址 部署目录}
say() { echo "[$1/6] $2 …" >&2; }
run() { if [ "${DRY_RUN:-}" ]; then echo "$*"; else "$@"; fi; }

say 1 核对安装包
python3 "$here/verify.py" "$here" >&2

say 2 生成清单
rendered=$(mktemp)
trap 'rm -f "$rendered"' EXIT
kubectl kustomize "$overlay" | sed -E "s#^( *(- )?(image|imageName): )ssj/#\1$prefix/ssj/#" >"$rendered"
if grep -qE 'replace-me|ssj\.example' "$rendered"; then
  echo "✗ $overlay 中仍有未填写的内容（replace-me、ssj.example）" >&2
  exit 2
fi
namespace=$(awk '/^kind: Namespace$/ {seen = 1} seen && /^  name: / {print $2; exit}' "$rendered")
apply() { run kubectl apply -f "$rendered" -l "$1"; }

say 3 命名空间、数据库与消息服务器
run kubectl apply --server-side -f "$rendered" -l 'app.kubernetes.io/component notin (api,worker,migrate,provision,watch)'
run kubectl -n "$namespace" wait --for=condition=Ready clusters.postgresql.cnpg.io --all --timeout=20m
run kubectl -n "$namespace" rollout status statefulset/nats --timeout=20m

say 4 声明消息流
run kubectl -n "$namespace" delete job provision --ignore-not-found
apply app.kubernetes.io/component=provision
run kubectl -n "$namespace" wait --for=condition=complete job/provision --timeout=10m

say 5 升级数据库结构
run kubectl -n "$namespace" delete job -l app.kubernetes.io/component=migrate --ignore-not-found
apply app.kubernetes.io/component=migrate
run kubectl -n "$namespace" wait --for=condition=complete job -l app.kubernetes.io/component=migrate --timeout=1h

say 6 启动服务
apply 'app.kubernetes.io/component in (api,worker,watch)'
for part in api worker watch; do
  run kubectl -n "$namespace" rollout status deployment -l app.kubernetes.io/component=$part --timeout=15m
done
