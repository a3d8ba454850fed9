#!/bin/sh
# Makes .venv from the pinned, hashed requirements: `sh requirements/setup.sh runtime|dev|bench`.
# `bench` adds to a development environment what its tables compare with.
# Whatever is missing on the machine is said in one line, and nothing is half done silently.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
venv=.venv
stamp=$venv/.$wanted-ready

fail() { printf 'rapport: %s\n' "$1" >&2; exit 1; }

supported() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null && supported "$candidate"; then
      printf '%s' "$candidate"
      return
    fi
  done
  fail "needs Python 3.11, 3.12 or 3.13; none was found. Install one, or name it: make PYTHON=/path/to/python3"
}

require_compiler() {
  # LightFM has wheels for CPython 3.12 and 3.13 only; on 3.11 it is built from source in seconds.
  "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || return 0
  command -v "${CC:-cc}" >/dev/null || command -v gcc >/dev/null \
    || fail "LightFM has no wheel for Python 3.11 and no C compiler was found: install gcc, or use Python 3.12 or 3.13"
  "$1" -c 'import os, sysconfig; raise SystemExit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))' \
    || fail "LightFM has no wheel for Python 3.11 and Python.h was not found: install python3-dev, or use Python 3.12 or 3.13"
}

install() {
  "$venv/bin/python" -m pip --disable-pip-version-check --no-input install -q \
    --require-hashes --no-build-isolation "$@" 2>"$venv/pip.log" \
    || { cat "$venv/pip.log" >&2; fail "the pinned packages could not be installed (see above)"; }
}

fresh() {
  # A complete development environment serves for running as well.
  [ "$wanted" = runtime ] && [ -e "$venv/.dev-ready" ] && stamp=$venv/.dev-ready
  [ -e "$stamp" ] && [ -x "$venv/bin/rapport" ] || return 1
  [ -z "$(find pyproject.toml requirements -newer "$stamp" -type f)" ]
}

fresh && exit 0
if [ -x "$venv/bin/python" ] && ! supported "$venv/bin/python"; then rm -rf "$venv"; fi
if [ ! -x "$venv/bin/python" ]; then
  python=$(find_python)
  require_compiler "$python"
  "$python" -m venv "$venv" 2>/dev/null \
    || { rm -rf "$venv"; fail "$python cannot make a virtual environment: install python3-venv"; }
fi
printf 'Setting up %s: pinned packages, about a minute the first time.\n' "$venv" >&2
install -r requirements/build.txt
# Without this flag LightFM is compiled for this machine's processor only.
LIGHTFM_NO_CFLAGS=1 install -r "requirements/$wanted.txt"
"$venv/bin/python" -m pip --disable-pip-version-check --no-input install -q \
  --no-deps --no-build-isolation --editable . 2>"$venv/pip.log" \
  || { cat "$venv/pip.log" >&2; fail "the project itself could not be installed (see above)"; }
touch "$stamp"
