#!/usr/bin/env bash
# Installs what the tests open pages in, unless it is there: Chromium without its windows, which takes half the time of
# the whole of it; where that cannot be had, any Chromium will do.
set -euo pipefail
light=chromium-headless-shell
need="The tests open pages in Chromium"
command -v "$light" >/dev/null && exit
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null || continue
  if [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; then
    tools/apt.sh "$need" "$light" || echo "Without $light, pages are opened in $name, which takes longer."
  fi
  exit
done
tools/apt.sh "$need" "$light" || tools/apt.sh "$need" chromium
