#!/usr/bin/env bash
# Installs what `make test-tools` tries our files with, unless it is there: mystmd, TeX and LibreOffice.
set -euo pipefail
[ -x .venv/mystmd/node_modules/.bin/myst ] || npm install --silent --no-audit --no-fund --prefix .venv/mystmd mystmd@1.8.3
packages=()
command -v pdflatex >/dev/null && command -v lualatex >/dev/null && kpsewhich tikz.sty longtable.sty lmodern.sty >/dev/null ||
  packages+=(texlive-latex-base texlive-latex-extra texlive-latex-recommended texlive-pictures texlive-luatex
    texlive-fonts-recommended lmodern)
command -v soffice >/dev/null || packages+=(libreoffice-calc)
[ ${#packages[@]} -eq 0 ] && exit
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "As root: apt-get install ${packages[*]}" >&2; exit 1; }
  root=(sudo)
fi
command -v apt-get >/dev/null || { echo "These tests need TeX Live and LibreOffice; install them" >&2; exit 1; }
echo "Installing ${packages[*]}"
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
