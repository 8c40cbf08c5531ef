#!/usr/bin/env bash
# Breaks what decides who sees what, one place at a time, and runs the tests: `bash tests/mutants.sh`, or one part of it:
#   policy   src/policy, compiled by itself, since it knows no other room
# It fails where a change goes unnoticed. What may go unnoticed is listed with a reason in .cargo/mutants.toml.
# Everything happens in copies below target/mutants, or below CARGO_TARGET_DIR.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target/mutants}
# Fewer random policies; SQLite alone.
export PORTICO_POLICIES=40 REQUIRE_PG=0 CARGO_TERM_COLOR=never CARGO_PROFILE_DEV_DEBUG=0
host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${host}_RUNNER=$root/tests/mutants/staged"

copy() {
  rm -rf "$1"
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard -- "${@:2}" | xargs -0 cp --parents -pt "$1"
}

# cargo-mutants in a copy, with these arguments.
mutate() {
  local tree=$1
  shift
  (cd "$tree" && cargo mutants --in-place --baseline skip --no-shuffle --timeout 120 \
    --colors never --output "$tree.found" "$@")
}

policy() {
  local tree=$CARGO_TARGET_DIR/tree-policy
  copy "$tree" Cargo.toml Cargo.lock .cargo src/policy tests/policy policies
  sed -i '/^\[\[bench\]\]/,/^$/d; /^default-run/d' "$tree/Cargo.toml"
  printf '//! The policy engine by itself.\npub mod policy;\n' >"$tree/src/lib.rs"
  # These ask the whole program.
  rm "$tree/tests/policy/files.rs"
  sed -i '/^mod files;/d' "$tree/tests/policy/main.rs"
  (cd "$tree" && cargo test --quiet --test policy)
  mutate "$tree" --file 'src/policy/**' "$@" -- --test policy
}

cargo mutants --version 2>/dev/null || cargo install cargo-mutants@27.1.0 --locked --debug --quiet
"$@"
