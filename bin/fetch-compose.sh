#!/usr/bin/env bash
# Gets Docker Compose for tests: the package of Debian trixie, unpacked into a folder. Installs nothing.
#   bash bin/fetch-compose.sh FOLDER      needs apt-get, dpkg and a Debian mirror, and no root
set -euo pipefail
mkdir -p "$1"; here=$(cd "$1" && pwd)
plugin=cli-plugins/docker-compose
[ ! -x "$here/$plugin" ] || exit 0
trixie() { # ARGUMENTS: apt-get with lists of its own
  local own=$here/apt
  mkdir -p "$own/lists/partial" "$own/cache/archives/partial"; : > "$own/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" > "$own/sources.list"
  apt-get -qq -o Dir::Etc::sourcelist="$own/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$own/lists" -o Dir::Cache="$own/cache" -o Dir::State::status="$own/status" \
    -o Acquire::http::Timeout=20 -o APT::Sandbox::User=root "$@"
}
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null | head -1 | tr -d ' ' || true)
[ -n "$mirror" ] || { echo "no Debian mirror is configured" >&2; exit 1; }
trixie update
mkdir -p "$here/deb" "$here/cli-plugins"; cd "$here/deb"
trixie download docker-compose
dpkg-deb --fsys-tarfile docker-compose_*.deb | tar -xO ./usr/libexec/docker/cli-plugins/docker-compose > "$here/$plugin.new"
chmod 755 "$here/$plugin.new"; mv "$here/$plugin.new" "$here/$plugin"
rm -rf "$here/deb" "$here/apt"
