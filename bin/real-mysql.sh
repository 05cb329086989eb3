#!/usr/bin/env bash
# Gets MySQL for tests: the packages of Debian sid, unpacked into a folder with their own C library.
# Installs nothing.
#   real-mysql.sh get FOLDER          download and unpack; needs apt-get, dpkg and a Debian mirror
#   real-mysql.sh start FOLDER DATA PORT   initialise DATA, start the server in the foreground
set -euo pipefail
what=$1; mkdir -p "$2"; here=$(cd "$2" && pwd); shift 2
sid() { # PROGRAM ARGUMENTS: apt with lists of its own
  local program=$1 own=$here/apt; shift
  mkdir -p "$own/lists/partial" "$own/cache/archives/partial"; : > "$own/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$own/sources.list"
  "$program" -qq -o Dir::Etc::sourcelist="$own/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$own/lists" -o Dir::Cache="$own/cache" -o Dir::State::status="$own/status" \
    -o APT::Architecture=amd64 -o APT::Sandbox::User=root "$@"
}
case $what in
get)
  mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null | head -1 | tr -d ' ' || true)
  [ -n "$mirror" ] || { echo "no Debian mirror is configured" >&2; exit 1; }
  sid apt-get update
  mkdir -p "$here/deb" "$here/root" "$here/bin"; cd "$here/deb"
  names=$(sid apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances mysql-server-core | grep -E '^(lib|zlib1g|mysql-)' | grep -vE '^lib(perl|gdbm|db5|c-gconv)' | sort -u)
  # shellcheck disable=SC2086
  sid apt-get download $names
  for package in *.deb; do dpkg -x "$package" "$here/root"; done
  lib=$here/root/usr/lib/x86_64-linux-gnu
  loader=$lib/ld-linux-x86-64.so.2; [ -e "$loader" ] || loader=$here/root/usr/lib64/ld-linux-x86-64.so.2
  printf '#!/bin/sh\nexec "%s" --library-path "%s:%s/mysql/private" "%s" "$@"\n' \
    "$loader" "$lib" "$lib" "$here/root/usr/sbin/mysqld" > "$here/bin/mysqld.new"
  echo "--basedir=$here/root/usr --lc-messages-dir=$here/root/usr/share/mysql --plugin-dir=$lib/mysql/plugin --mysqlx=OFF" > "$here/options"
  chmod 755 "$here/bin/mysqld.new"; mv "$here/bin/mysqld.new" "$here/bin/mysqld"
  ;;
start)
  data=$1; port=$2; mkdir -p "$data"; data=$(cd "$data" && pwd)
  read -ra options < "$here/options"
  [ "$(id -u)" = 0 ] && options+=(--user=root)
  "$here/bin/mysqld" --no-defaults "${options[@]}" --datadir="$data/d" --initialize-insecure > /dev/null 2>&1
  exec "$here/bin/mysqld" --no-defaults "${options[@]}" --datadir="$data/d" --socket="$data/s.sock" \
    --pid-file="$data/pid" --bind-address=127.0.0.1 --port="$port" --tmpdir="$data" --secure-file-priv="" \
    --innodb-buffer-pool-size=32M
  ;;
esac
