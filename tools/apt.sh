#!/usr/bin/env bash
# Installs Debian packages for the tests, or says what to install:  tools/apt.sh "The tests need Chromium" chromium
set -euo pipefail
need=$1
shift
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "$need; as root: apt-get install $*" >&2; exit 1; }
  root=(sudo)
fi
command -v apt-get >/dev/null || { echo "$need; install what Debian calls $*" >&2; exit 1; }
echo "$need: installing $*"
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
