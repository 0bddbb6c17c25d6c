#!/usr/bin/env bash
# Installs Chromium, which the tests open pages in, unless there is one.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit
done
tools/apt.sh "The tests open pages in Chromium" chromium
