#!/usr/bin/env bash
# Installs what `make test-tools` tries our files with, unless it is there: mystmd, TeX and LibreOffice.
set -euo pipefail
[ -x .venv/mystmd/node_modules/.bin/myst ] || npm install --silent --no-audit --no-fund --prefix .venv/mystmd mystmd@1.8.3
packages=()
command -v pdflatex >/dev/null && command -v lualatex >/dev/null && kpsewhich tikz.sty longtable.sty lmodern.sty >/dev/null ||
  packages+=(texlive-latex-base texlive-latex-extra texlive-latex-recommended texlive-pictures texlive-luatex
    texlive-fonts-recommended lmodern)
{ command -v soffice && ls "$(dirname "$(readlink -f "$(command -v soffice)")")"/libsdlo.so; } >/dev/null 2>&1 || packages+=(libreoffice-calc libreoffice-impress)
[ ${#packages[@]} -eq 0 ] || tools/apt.sh "The tests try what is written with TeX and LibreOffice" "${packages[@]}"
