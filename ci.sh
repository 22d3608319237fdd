#!/usr/bin/env bash
# Checks the project: `bash ci.sh` everything, `bash ci.sh quick` what takes under three minutes once all is compiled.
#
# Looks for the programs it needs first and names all that are missing; as root on Debian it installs them.
# Needs the network for the packages of the lock files, and for nothing else.
# Each step has a bound, and so has the whole run: what hangs is ended with all that it has started.
set -euo pipefail
cd "$(dirname "$0")"

readonly total_minutes=120
readonly target=${CARGO_TARGET_DIR:-target}

main() {
  case "$*" in
    "") check_everything ;;
    quick) check_quickly ;;
    *) printf 'usage: bash ci.sh [quick]\n' >&2; exit 2 ;;
  esac
  step "all checks passed"
}

check_quickly() {
  step "prerequisites"; prerequisites common_packages
  step "format and lints"; format_and_lints
  step "unit tests"; within 15 cargo test --workspace --lib --bins --locked --quiet
  step "the page's modules"; page_modules
}

check_everything() {
  step "prerequisites"; prerequisites all_packages
  CHROME=$(find_browser)
  export CHROME
  "$CHROME" --version 2>/dev/null
  step "format and lints"; format_and_lints
  step "documentation"; documentation
  step "unit, integration and doc tests"; rust_tests
  step "the same without mapped files"; rust_tests_without_mapped_files
  step "the recorder's unsafe code and its pure parts under Miri"; miri
  step "the page's modules"; page_modules
  step "the page in a browser"; page_in_browser
  step "workspaces of their own"; other_workspaces
  step "other systems"; other_systems
  step "packages"; packages
}

step() { printf '\n== %s\n' "$*"; }

# Runs a command for so many minutes at most. It ends with all that it has started when they are over, when those of the
# whole run are over, or when a signal ends this script.
running=
within() {
  local minutes=$1 left=$((total_minutes * 60 - SECONDS)) code=0
  shift
  local seconds=$((minutes * 60 < left ? minutes * 60 : left))
  timeout --kill-after=60 "$((seconds > 0 ? seconds : 1))" "$@" </dev/null &
  running=$!
  wait "$running" || code=$?
  running=
  case $code in 124 | 137) printf 'ended after %s seconds: %s\n' "$seconds" "$*" >&2 ;; esac
  return "$code"
}

end_with() {
  if [ -n "$running" ]; then
    kill "$running" 2>/dev/null || true
    wait "$running" || true
  fi
  exit "$1"
}
trap 'end_with 129' HUP
trap 'end_with 130' INT
trap 'end_with 143' TERM

# --- what is needed

find_browser() {
  local name
  for name in "${CHROME:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" && return
  done
  return 1
}

# These print the Debian packages of the programs that are missing.
common_packages() {
  command -v cc >/dev/null || echo gcc libc6-dev
  command -v timeout >/dev/null || echo coreutils
  { command -v node && node -e 'process.exit(+(process.versions.node.split(".")[0] < 18))'; } >/dev/null 2>&1 ||
    echo nodejs
  command -v npm >/dev/null || echo npm
}
all_packages() {
  common_packages
  command -v python3 >/dev/null || echo python3
  command -v setpriv >/dev/null || [ "$(uname)" != Linux ] || echo util-linux
  find_browser >/dev/null || echo chromium
}

# Takes the function that prints what is missing.
prerequisites() {
  local missing failed=0
  missing=$("$1" | tr '\n' ' ')
  if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    # shellcheck disable=SC2086  # one word a package
    apt-get install -q -y --no-install-recommends $missing
    missing=$("$1" | tr '\n' ' ')
  fi
  if [ -n "$missing" ]; then
    printf 'missing: %s\n  as root: apt-get install %s\n' "$missing" "$missing" >&2
    failed=1
  fi
  if ! command -v cargo >/dev/null; then
    printf 'missing: Rust, stable, 1.88 or later\n  from: https://rustup.rs\n' >&2
    failed=1
  elif ! { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1; then
    printf 'missing: rustfmt, clippy\n  with: rustup component add rustfmt clippy\n' >&2
    failed=1
  fi
  [ "$failed" = 0 ] || exit 1
  cargo --version
  node --version
}

# --- Rust

format_and_lints() {
  within 5 cargo fmt --all --check
  within 30 cargo clippy --workspace --all-targets --locked -- -D warnings
}

documentation() {
  within 20 env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
}

rust_tests() {
  within 30 cargo build --workspace --examples --bins --locked
  within 45 cargo test --workspace --locked
}

# Those whose programs record: these modules of tests only read. (`-p` would compile all of it with other features.)
readonly only_reading="analysis calibrate chrome clocks compare compared_names copies damaged_input edited_files formats
  gate gate_in_ci history interleaved kept_runs model modules nasty outputs performance_py points profiles refused sources
  splits stats tables text tidy"
rust_tests_without_mapped_files() {
  local skipped=() module
  for module in $only_reading; do skipped+=(--skip "$module::"); done
  within 45 env WATERFALL_JOURNAL=write cargo test --workspace --lib --bins --tests --locked -- "${skipped[@]}"
}

miri() {
  if ! cargo +nightly miri --version >/dev/null 2>&1; then
    echo "not run: this toolchain has no Miri (rustup component add --toolchain nightly miri rust-src)"
    return
  fi
  within 30 env MIRIFLAGS=-Zmiri-disable-isolation PROPTEST_CASES=2 \
    cargo +nightly miri test -p waterfall-recorder --locked --lib -- \
    format:: journal:: mapping:: limits:: clock:: --skip no_kill --skip csv_and_chrono --skip one_after_another
}

# Checked only, in 2 minutes of CPU time: with the profile of our workspace they share what Clippy has compiled.
# libFuzzer is said to be there already, so that no C++ compiler is needed.
other_workspaces() {
  local manifest
  for manifest in tests/fuzz/Cargo.toml recorder/peers/Cargo.toml; do
    within 20 env CARGO_PROFILE_DEV_DEBUG=line-tables-only CUSTOM_LIBFUZZER_PATH=/nowhere/libfuzzer.a \
      cargo check --locked --manifest-path "$manifest" --target-dir "$target"
  done
}

other_systems() {
  local system
  for system in x86_64-pc-windows-gnu aarch64-apple-darwin; do
    if within 10 rustup target add "$system" >/dev/null 2>&1; then
      within 20 cargo check --locked --target "$system" -p waterfall-recorder -p waterfall
    else
      echo "not checked: the target $system cannot be added here"
    fi
  done
}

# In a target directory where nothing was packaged before: else Cargo verifies against a stale copy of our own members.
# What was compiled of others is there already, as links; where these cannot be made all is compiled anew.
# A package has no profile of its own, so it gets ours: 43 crates are compiled instead of 155, in 141 s of CPU time
# instead of 245.
packages() {
  fresh=$(mktemp -d "$target/packages-XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  cp -al "$target/debug" "$fresh/debug" || rm -rf "$fresh/debug"
  within 30 env CARGO_PROFILE_DEV_DEBUG=line-tables-only \
    cargo publish --workspace --dry-run --locked --allow-dirty --quiet --target-dir "$fresh"
}

# --- the page

page_modules() {
  page_packages
  within 5 npx --no-install tsc --noEmit -p .
  node_tests 5 tests/page/*.test.js
}

page_in_browser() {
  node_tests 45 --test-concurrency=2 tests/browser/*.test.js # a page works in one thread most of its time
}

page_packages() {
  [ node_modules/.package-lock.json -nt package-lock.json ] || within 10 npm ci --ignore-scripts --silent
}

# Runs Node's tests for so many minutes at most, and each file for half of them. (Node before 20.11 has no such bound.)
node_tests() {
  local minutes=$1 bound=--test-timeout=$(($1 * 30000))
  shift
  node "$bound" -e 0 2>/dev/null || bound=
  within "$minutes" node --test ${bound:+"$bound"} "$@"
}

main "$@"
