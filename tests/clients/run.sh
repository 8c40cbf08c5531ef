#!/usr/bin/env bash
# Other people's GraphQL clients and tools against a demo of its own: `bash tests/clients/run.sh`, or with names of
# checks behind it (`http socket`) only those. It fetches the versions that the lock files name, and fails where one is
# missing. It takes the program that PORTICO names, or builds it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/tests/clients

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

for tool in node npm python3; do
  command -v "$tool" >/dev/null || fail "$tool is missing: apt-get install nodejs npm python3-venv"
done
(($(node --print 'process.versions.node.split(".")[0]') >= 20)) ||
  fail "node $(node --version) is too old: these clients need version 20 or newer"
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
[[ -n $CHROMIUM ]] || fail "chromium is missing: apt-get install chromium"
export CHROMIUM

portico=${PORTICO:-}
if [[ -z $portico ]]; then
  (cd "$root" && cargo build --quiet --locked)
  portico=${CARGO_TARGET_DIR:-$root/target}/debug/portico
fi
PORTICO=$(realpath "$portico")
export PORTICO

cd "$here"
# What is there already is kept as long as the lock files are the same.
if ! cmp -s package-lock.json node_modules/.lock; then
  npm ci --no-progress --loglevel=error
  cp package-lock.json node_modules/.lock
fi
if ! cmp -s requirements.txt venv/lock; then
  python3 -m venv --clear venv || fail "python's venv is missing: apt-get install python3-venv"
  venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements.txt
  cp requirements.txt venv/lock
fi
exec timeout --kill-after=10 240 node run.mjs "$@"
