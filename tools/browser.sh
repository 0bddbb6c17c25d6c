#!/usr/bin/env bash
# Installs Chromium, which the tests open pages in, unless there is one.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit
done
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "The tests need Chromium; as root: apt-get install chromium" >&2; exit 1; }
  root=(sudo)
fi
command -v apt-get >/dev/null || { echo "The tests need Chromium; install it, so that 'chromium' starts it" >&2; exit 1; }
echo "Installing Chromium, which the tests open pages in"
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium
