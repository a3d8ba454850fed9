#!/bin/sh
# Sees that there is a Chromium for the tests of the pages; without one they are skipped, not failed.
set -eu

for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done

if [ "$(id -u 2>/dev/null)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  printf 'Installing Debian'"'"'s chromium for the tests of the pages.\n' >&2
  export DEBIAN_FRONTEND=noninteractive
  if apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1; then exit 0; fi
  # The lists of packages may be missing or old.
  if apt-get update -qq >/dev/null 2>&1 \
    && apt-get install -qq -y --no-install-recommends chromium >/dev/null 2>&1; then exit 0; fi
fi

cat >&2 <<'WORDS'
****************************************************************************
*  NO BROWSER: the pages will NOT be tested in one.                        *
*  Install it (Debian: apt-get install chromium) and run the tests again;  *
*  RAPPORT_TESTS_NEED_BROWSER=1 makes its absence a failure.               *
****************************************************************************
WORDS
