#!/usr/bin/env bash
# Breaks what decides who sees what, one place at a time, and runs the tests: `bash tests/mutants.sh`, or one part of it:
#   policy   src/policy, compiled by itself with what it hashes by, since it knows no other room
#   gates    the functions that judge rows, bearers and papers
#   fences   each condition of each fence and scope left out, one at a time, or those whose names match a pattern; the
#            program is built once
# It fails where a change goes unnoticed. What may go unnoticed is listed with a reason in .cargo/mutants.toml.
# Everything happens in copies below target/mutants, or below CARGO_TARGET_DIR: a folder a part, since builds of packages
# with one name overwrite each other.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
work=${CARGO_TARGET_DIR:-$root/target/mutants}
# Fewer random policies; SQLite alone.
export PORTICO_POLICIES=40 REQUIRE_PG=0 CARGO_TERM_COLOR=never RUST_BACKTRACE=0 INSTA_UPDATE=no CARGO_PROFILE_DEV_DEBUG=0
host=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${host}_RUNNER=$root/tests/mutants/staged"

copy() {
  rm -rf "$1"
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard -- "${@:2}" | xargs -0 cp --parents -t "$1"
}

# cargo-mutants in a copy, with these arguments.
mutate() {
  local tree=$1
  shift
  (cd "$tree" && cargo mutants --in-place --baseline skip --no-shuffle --timeout 120 \
    --colors never --output "$tree.found" "$@")
}

policy() {
  export CARGO_TARGET_DIR=$work/policy
  local tree=$CARGO_TARGET_DIR/tree
  copy "$tree" Cargo.toml Cargo.lock .cargo src/policy src/digest.rs tests/policy policies
  sed -i '/^\[\[bench\]\]/,/^$/d; /^default-run/d' "$tree/Cargo.toml"
  printf '//! The policy engine by itself.\nmod digest;\npub mod policy;\n' >"$tree/src/lib.rs"
  # These ask the whole program.
  rm "$tree"/tests/policy/{files,real,walls}.rs
  sed -i '/^mod \(files\|real\|walls\);/d' "$tree/tests/policy/main.rs"
  (cd "$tree" && cargo test --quiet --test policy)
  mutate "$tree" --file 'src/policy/**' "$@" -- --test policy
}

# Puts a line of sed into a file of the copy, and stops where it changes nothing.
mend() {
  local before
  before=$(cksum "$1")
  sed -i "$2" "$1"
  [[ $(cksum "$1") != "$before" ]] || { echo "tests/mutants.sh: $1 is written otherwise now: $2" >&2; exit 1; }
}

fences() {
  export CARGO_TARGET_DIR=$work/whole
  local tree=$CARGO_TARGET_DIR/fences places=$CARGO_TARGET_DIR/places.txt program
  copy "$tree" .
  cp tests/mutants/broken.rs "$tree/src/store/"
  echo '#[allow(missing_docs, clippy::unwrap_used)] pub(crate) mod broken;' >>"$tree/src/store/mod.rs"
  for kind in all any; do
    mend "$tree/src/store/sql.rs" \
      "s/^pub fn $kind(conditions.*/#[track_caller]\n&\n    let conditions = super::broken::left(conditions, \"$kind\");/"
  done
  local describe=$tree/src/graph/describe.rs broken=crate::store::broken
  mend "$describe" "s/move |place| from(&Here::of(place))/move |place| $broken::judged(|| from(\&Here::of(place)))/"
  mend "$describe" "s/move |place| fence(&Here::of(place))/move |place| $broken::fence(E::NAME, \"fence\", || fence(\&Here::of(place)))/"
  mend "$describe" "s/move |place| rows(&Here::of(place))/move |place| $broken::fence(E::NAME, name, || rows(\&Here::of(place)))/"
  program=$(cd "$tree" && cargo test --test it --no-run 2>&1 | sed -n 's/.*Executable.*(\(.*\))/\1/p')
  [[ -x $program ]] || { echo "tests/mutants.sh: the copy does not compile" >&2; exit 1; }
  cd "$tree"
  rm -f "$places"
  SEEN=$places tests/mutants/staged "$program"
  sort -u "$places" | grep -e "${1:-.}" >"$places.once"
  judged "$program" "$places.once" "$tree/last"
}

# Leaves out one place of the list after the other; what is listed in tests/mutants/unnoticed.txt need not be noticed.
judged() {
  local program=$1 place name by
  local -i count=0 missed=0 excused=0 began
  while read -r place; do
    began=$SECONDS
    count+=1
    name=$(named "$place")
    if grep -q "^$name: " "$root/tests/mutants/unnoticed.txt"; then
      excused+=1
    elif by=$(noticed "$program" "$place" "$3"); then
      echo "caught   $name in $((SECONDS - began)) s by $by"
    else
      missed+=1
      echo "MISSED   $name ($place) in $((SECONDS - began)) s"
    fi
  done <"$2"
  echo "$count conditions: $excused excused, $((count - excused - missed)) noticed, $missed unnoticed; $SECONDS s"
  ((missed == 0))
}

# The test that fails where this is left out. It has to fail twice: a machine that is too busy lets others fail as well.
noticed() {
  local by attempt
  for attempt in 1 2 3; do
    if BROKEN=$2 tests/mutants/staged "$1" >"$3" 2>&1 </dev/null; then
      return 1
    fi
    by=$(sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' "$3" | head -1)
    if [[ $by ]] && ! BROKEN=$2 timeout 300 "$1" --exact "$by" >"$3" 2>&1 </dev/null; then
      echo "$by"
      return
    fi
  done
  echo "tests/mutants.sh: no test fails at $2, and yet they do not pass; see $3" >&2
  return 1
}

# A place without its line, which moves: the function, and the line's number in it.
named() {
  local file=${1%%:*} rest=${1#*:}
  if [[ $file == "$1" ]]; then
    echo "$1"
    return
  fi
  awk -v line="${rest%% *}" -v rest="${rest#* }" '
    NR <= line && match($0, /fn [a-z_]+/) { name = substr($0, RSTART + 3, RLENGTH - 3); at = NR }
    END { print FILENAME, name "+" line - at, rest }
  ' "$file"
}

# The functions that judge rows, bearers and papers, with cargo-mutants in a copy of the whole.
gates() {
  export CARGO_TARGET_DIR=$work/whole
  local tree=$CARGO_TARGET_DIR/gates
  copy "$tree" .
  mutate "$tree" --file 'src/cases/access.rs' --file 'src/releasing/{mod,publication}.rs' --file 'src/people/viewer.rs' \
    --file 'src/graph/here.rs' --file 'src/documents/gates.rs' --file 'src/calendar/kind.rs' --file 'src/billing/owed.rs' \
    "$@" -- --lib --test it
}

cargo mutants --version 2>/dev/null || cargo install cargo-mutants@27.1.0 --locked --debug --quiet
if (($# > 0)); then "$@"; else policy && gates && fences; fi
