#!/bin/sh
# Sign a request to the platform with curl and openssl (3 or newer for SM3), to be copied.
#
#   SSJ_CLIENT_ID=… SSJ_SECRET=… sh sign.sh METHOD URL [BODY]            sends it and prints the answer
#   SSJ_CLIENT_ID=… SSJ_SECRET=… sh sign.sh --headers METHOD URL [BODY]  prints the headers only
#
# SSJ_ALGORITHM: HMAC-SHA256 (default) or HMAC-SM3. SSJ_TIMESTAMP and SSJ_NONCE stand in for now and a fresh nonce.
set -eu

only_headers=no
if [ "$1" = "--headers" ]; then only_headers=yes; shift; fi
method=$(printf %s "$1" | tr '[:lower:]' '[:upper:]')
url=$2
body=${3:-}

algorithm=${SSJ_ALGORITHM:-HMAC-SHA256}
case $algorithm in
  HMAC-SHA256) hash=sha256 ;;
  HMAC-SM3) hash=sm3 ;;
  *) echo "unknown algorithm: $algorithm" >&2; exit 2 ;;
esac
timestamp=${SSJ_TIMESTAMP:-$(date +%s)}
nonce=${SSJ_NONCE:-$(openssl rand -hex 16)}

without_host=${url#*://*/}
path=/${without_host%%\?*}
query=""
case $url in *\?*) query=$(printf %s "${url#*\?}" | tr '&' '\n' | grep -v '^$' | LC_ALL=C sort | paste -s -d '&' -) ;; esac
digest=""
if [ -n "$body" ]; then digest="sha-256=:$(printf %s "$body" | openssl dgst -sha256 -binary | openssl base64 -A):"; fi

signature=$(printf '%s\n%s\n%s\n%s\n%s\n%s\n%s' \
  "$method" "$path" "$query" "$digest" "$timestamp" "$nonce" "$SSJ_CLIENT_ID" |
  openssl dgst -"$hash" -hmac "$SSJ_SECRET" -binary | openssl base64 -A)

set -- "X-Client-Id: $SSJ_CLIENT_ID" "X-Timestamp: $timestamp" "X-Nonce: $nonce" \
  "X-Sign-Alg: $algorithm" "X-Signature: $signature"
if [ -n "$body" ]; then set -- "$@" "Content-Digest: $digest" "Content-Type: application/json"; fi

if [ $only_headers = yes ]; then printf '%s\n' "$@"; exit 0; fi
for header do set -- "$@" -H "$header"; shift; done
if [ -n "$body" ]; then set -- "$@" --data-binary "$body"; fi
exec curl --silent --show-error --fail-with-body -X "$method" "$@" "$url"
