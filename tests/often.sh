#!/usr/bin/env bash
# often.sh TIMES [TEST]: runs the built tests again and again while every core is kept busy, and says
# which failed how often. Nothing is built: what `cargo test` built last is run as it is.
set -euo pipefail
cd "$(dirname "$0")/.."
times=$1
test=${2:-}

folder=$(mktemp -d)
load=()
end() {
  kill "${load[@]}" 2>/dev/null || true
  rm -rf "$folder"
}
trap end EXIT

# Each test program, and the folder cargo runs it in: the one of its package.
cargo test --workspace --all-features --lib --bins --tests --no-run --message-format=json 2>/dev/null |
  python3 -c '
import json, os, sys
for line in sys.stdin:
    built = json.loads(line)
    if built.get("executable") and built["profile"]["test"]:
        print(os.path.dirname(built["manifest_path"]), built["executable"])
' >"$folder/programs"
[ -s "$folder/programs" ] || { echo "no tests are built; run make test first" >&2; exit 1; }

for _ in $(seq "$(nproc)"); do
  while :; do :; done &
  load+=($!)
done

failures=0
for run in $(seq "$times"); do
  while read -r package program; do
    if ! (cd "$package" && CARGO_MANIFEST_DIR=$package "$program" $test) >"$folder/output" 2>&1 </dev/null; then
      failures=$((failures + 1))
      sed -nE 's/^test (.*) \.\.\. FAILED$/\1/p' "$folder/output" | tee -a "$folder/failed" | sed "s/^/run $run: /"
      mkdir -p target && cp "$folder/output" "target/often-$run-$(basename "$program").log"
    fi
  done <"$folder/programs"
  [ "$times" -gt 100 ] && [ $((run % 100)) -ne 0 ] || echo "run $run of $times: $failures failed so far"
done
[ "$failures" -eq 0 ] || {
  echo "failed, by how often:" >&2
  sort "$folder/failed" | uniq -c | sort -rn >&2
  echo "their output is in target/often-*.log" >&2
  exit 1
}
