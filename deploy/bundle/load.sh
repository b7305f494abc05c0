#!/bin/sh
# load.sh PREFIX: every image of the bundle into the registry PREFIX (registry.site:5000), both architectures.
# Needs skopeo, which keeps the index of architectures; docker load would keep one of them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:?用法：load.sh 镜像仓库地址}
python3 "$here/verify.py" "$here"
command -v skopeo >/dev/null || { echo "✗ 需要 skopeo" >&2; exit 2; }
total=$(grep -c . "$here/images.txt")
number=0
while read -r reference; do
  number=$((number + 1))
  echo "[$number/$total] $reference …" >&2
  archive=$here/images/$(printf '%s' "$reference" | tr '/:' '__').tar
  skopeo copy --all --quiet "oci-archive:$archive" "docker://$prefix/$reference"
done <"$here/images.txt"
