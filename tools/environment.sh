#!/usr/bin/env bash
# Makes .venv, the project's own Python environment, unless it is there and works.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

stop() {
  echo "$1" >&2
  exit 1
}

command -v "$python" >/dev/null || stop "There is no $python here; install Python 3.11 or newer, or name one: make PYTHON=…"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  stop "stepwise needs Python 3.11 or newer, and $python is $("$python" -V 2>&1); name another: make PYTHON=python3.11"

.venv/bin/python -m pip --version >/dev/null 2>&1 && exit
if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  "$python" -m venv .venv
else # Debian keeps ensurepip in a package of its own; the system's pip can take its place
  "$python" -m venv --without-pip .venv && "$python" -m pip --quiet --python .venv/bin/python install pip ||
    stop "Python cannot make an environment here; on Debian: apt-get install python3-venv"
fi
