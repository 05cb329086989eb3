#!/usr/bin/env bash
# Gets MySQL for tests: the packages of Debian sid, unpacked into a folder with their own C library.
# Installs nothing.
#   bash bin/fetch-mysql.sh FOLDER      needs apt-get, dpkg and a Debian mirror, and no root
set -euo pipefail
mkdir -p "$1"; here=$(cd "$1" && pwd)
[ ! -x "$here/bin/mysqld" ] || exit 0
sid() { # PROGRAM ARGUMENTS: apt with lists of its own
  local program=$1 own=$here/apt; shift
  mkdir -p "$own/lists/partial" "$own/cache/archives/partial"; : > "$own/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$own/sources.list"
  "$program" -qq -o Dir::Etc::sourcelist="$own/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$own/lists" -o Dir::Cache="$own/cache" -o Dir::State::status="$own/status" \
    -o APT::Architecture=amd64 -o APT::Sandbox::User=root "$@"
}
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null | head -1 | tr -d ' ' || true)
[ -n "$mirror" ] || { echo "no Debian mirror is configured" >&2; exit 1; }
sid apt-get update
mkdir -p "$here/deb" "$here/root" "$here/bin"; cd "$here/deb"
names=$(sid apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances mysql-server-core | grep -E '^(lib|zlib1g|mysql-)' | grep -vE '^lib(perl|gdbm|db5|c-gconv)' | sort -u)
# shellcheck disable=SC2086
sid apt-get download $names
for package in *.deb; do dpkg -x "$package" "$here/root"; done
rm -rf "$here/deb" "$here/apt"
lib=$here/root/usr/lib/x86_64-linux-gnu
loader=$lib/ld-linux-x86-64.so.2; [ -e "$loader" ] || loader=$here/root/usr/lib64/ld-linux-x86-64.so.2
# A process has the name of the file that was executed, and that is the loader.
mkdir -p "$here/loader"; cp "$loader" "$here/loader/mysqld"
# Of its caller's options --no-defaults has to stay the first.
cat > "$here/bin/mysqld.new" <<END
#!/bin/sh
first=\$1; shift
exec "$here/loader/mysqld" --library-path "$lib:$lib/mysql/private" "$here/root/usr/sbin/mysqld" "\$first" \\
  --basedir="$here/root/usr" --lc-messages-dir="$here/root/usr/share/mysql" --plugin-dir="$lib/mysql/plugin" "\$@"
END
chmod 755 "$here/bin/mysqld.new"; mv "$here/bin/mysqld.new" "$here/bin/mysqld"
