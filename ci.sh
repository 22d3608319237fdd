#!/usr/bin/env bash
# Checks everything: the README's second command, and all that .ci/run calls.
#
# Looks for what it needs first and names all that is missing at once; as root on Debian it installs it.
# Needs the network for the packages of Cargo.lock and package-lock.json, and for nothing else.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s\n' "$*"; }

find_browser() {
  local name
  for name in "${CHROME:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" && return
  done
  return 1
}

# Prints the Debian packages of the programs that are missing.
missing_packages() {
  command -v cc >/dev/null || echo gcc libc6-dev
  { command -v node && node -e 'process.exit(+(process.versions.node.split(".")[0] < 18))'; } >/dev/null 2>&1 || echo nodejs
  command -v npm >/dev/null || echo npm
  command -v python3 >/dev/null || echo python3
  command -v setpriv >/dev/null || [ "$(uname)" != Linux ] || echo util-linux
  find_browser >/dev/null || echo chromium
}

step "prerequisites"
packages=$(missing_packages | tr '\n' ' ')
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  # shellcheck disable=SC2086  # one word a package
  apt-get install -q -y --no-install-recommends $packages
  packages=$(missing_packages | tr '\n' ' ')
fi
failed=0
if [ -n "$packages" ]; then
  printf 'missing: %s\n  as root: apt-get install %s\n' "$packages" "$packages" >&2
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
CHROME=$(find_browser)
export CHROME
cargo --version; node --version; "$CHROME" --version 2>/dev/null

step "format and lints"
cargo fmt --all --check
cargo clippy --workspace --all-targets --locked -- -D warnings

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

step "unit, integration and doc tests"
cargo build --workspace --examples --bins --locked
cargo test --workspace --locked

step "the same without mapped files"
WATERFALL_JOURNAL=write cargo test --workspace --locked # `-p` would compile all of it with other features

step "the recorder's unsafe code and its pure parts under Miri"
if cargo +nightly miri --version >/dev/null 2>&1; then
  MIRIFLAGS=-Zmiri-disable-isolation PROPTEST_CASES=2 cargo +nightly miri test -p waterfall-recorder --locked --lib -- \
    format:: journal:: mapping:: limits:: clock:: --skip no_kill --skip csv_and_chrono --skip one_after_another
else
  echo "not run: this toolchain has no Miri (rustup component add --toolchain nightly miri rust-src)"
fi

step "the page's modules"
npm ci --ignore-scripts --silent
npx --no-install tsc --noEmit -p .
node --test tests/page/*.test.js

step "the page in a browser"
node --test --test-concurrency=2 tests/browser/*.test.js # a page works in one thread most of its time

step "other systems"
for target in x86_64-pc-windows-gnu aarch64-apple-darwin; do
  if rustup target add "$target" >/dev/null 2>&1; then
    cargo check --locked --target "$target" -p waterfall-recorder -p waterfall
  else
    echo "not checked: the target $target cannot be added here"
  fi
done

step "packages"
# In a target directory where nothing was packaged before: else Cargo verifies against a stale copy of our own members.
# What was compiled of others is there already, as links; where these cannot be made all is compiled anew.
target=${CARGO_TARGET_DIR:-target}
fresh=$(mktemp -d "$target/packages-XXXXXX")
trap 'rm -rf "$fresh"' EXIT
cp -al "$target/debug" "$fresh/debug" || rm -rf "$fresh/debug"
CARGO_TARGET_DIR=$fresh cargo package --workspace --locked --allow-dirty --quiet

step "all checks passed"
