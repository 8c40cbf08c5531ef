#!/usr/bin/env bash
# Runs the fuzz targets one after the other and sums up what each did: `bash tests/fuzz.sh [SECONDS] [TARGET...]`, all of
# them and ten minutes each where nothing is said. It fails where a target finds something, and goes on with the next.
#
# What a target is for stands at its head (fuzz/fuzz_targets). What it learnt is kept in fuzz/corpus, what it found in
# fuzz/artifacts; neither is committed: a finding becomes a unit test beside the code that it mends. Where PORTICO_TEST_DATA
# names a folder with dockets, these are seeds as well.
#
# Without AddressSanitizer: there is no unsafe code here for it to watch, it needs a nightly compiler, and what the targets
# look for are panics, untrue answers and work without bound. A stack that overflows ends the process all the same, which
# counts as a finding; `cargo fuzz run --sanitizer address` then says where. Debug assertions and checks of overflow are on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TERM_COLOR=never RUST_BACKTRACE=1
seconds=${1:-600}
(($# == 0)) || shift
targets=("$@")
((${#targets[@]} > 0)) || targets=(documents requests sockets cursors tokens policies dockets questions)
flags=(--sanitizer none --codegen-units 4)

# The longest input in bytes, as long as its reader can make something of it.
longest() {
  case $1 in
    cursors) echo 512 ;;
    questions) echo 1024 ;;
    tokens) echo 2048 ;;
    dockets) echo 32768 ;;
    *) echo 4096 ;;
  esac
}

# Folders of inputs to begin with.
seeds() {
  local folder
  for folder in "fuzz/seeds/$1"; do [[ ! -d $folder ]] || echo "$folder"; done
  case $1 in
    documents) printf '%s\n' tests/clients/operations tests/same-question ;;
    dockets)
      echo tests/fixtures/dockets
      [[ ! -d ${PORTICO_TEST_DATA:-}/dockets ]] || find "$PORTICO_TEST_DATA/dockets" -mindepth 1 -type d
      ;;
  esac
}

# One target; a line for the summary.
run() {
  local target=$1 log=fuzz/artifacts/$1.log words=fuzz/dictionaries/$1.txt found=none
  local -i began=$SECONDS
  local -a folders options=(-timeout=10 -rss_limit_mb=2048 -max_len="$(longest "$1")")
  options+=(-max_total_time="$seconds" -print_final_stats=1)
  [[ ! -f $words ]] || options+=(-dict="$words")
  # Drawn documents are worth asking from the first.
  [[ $target != questions ]] || options+=(-len_control=0)
  mapfile -t folders < <(seeds "$target")
  mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target"
  if ! cargo fuzz run "${flags[@]}" "$target" "fuzz/corpus/$target" "${folders[@]}" -- "${options[@]}" >"$log" 2>&1; then
    found=$(grep -o 'fuzz/artifacts/[^ ]*' "$log" | tail -1) || found="ended too early: see $log"
  fi
  printf '%-10s %10s executions %5d s %5s MB  %s\n' "$target" "$(figure number_of_executed_units "$log")" \
    $((SECONDS - began)) "$(figure peak_rss_mb "$log")" "$found"
  [[ $found == none ]]
}

# A figure that libFuzzer prints at the end.
figure() { sed -n "s/^stat::$1: *//p" "$2" | tail -1; }

cargo fuzz --version 2>/dev/null | grep -q . || cargo install cargo-fuzz@0.13.2 --locked --debug --quiet
declare -i findings=0
for target in "${targets[@]}"; do
  cargo fuzz build "${flags[@]}" "$target"
  run "$target" || findings+=1
done
echo "${#targets[@]} targets, $findings with findings; $SECONDS s"
((findings == 0))
