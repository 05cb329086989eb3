#!/bin/sh
# Installs the Debian package of a release in a copy of this system without Node, uses it, and removes it:
#   unshare --mount sh bin/release/smoke.sh FOLDER
# Nothing of it stays: the copy is in memory, and gone with the mounts.
set -eu
release=$(CDPATH='' cd -- "$1" && pwd)
copy=$(mktemp -d)
mount -t tmpfs tmpfs "$copy"
mkdir "$copy/changed" "$copy/work" "$copy/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$copy/changed,workdir=$copy/work" "$copy/root"
mount -t proc proc "$copy/root/proc"
mount --bind /dev "$copy/root/dev"
mount -t tmpfs tmpfs "$copy/root/tmp"
mkdir "$copy/root/release"
mount --bind "$release" "$copy/root/release"

exec chroot "$copy/root" /usr/bin/env -i HOME=/home/smoke TERM=xterm PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euo pipefail -c '
rm -f "$(command -v node)" "$(command -v nodejs)" || true
! command -v node
mkdir -p "$HOME"
cd "$HOME"
touch /before
sleep 0.01
dpkg --install /release/runbook_*.deb >/dev/null
runbook --version
runbook list | grep -q pool-exhausted
runbook validate | tail -n 1
runbook test dns | tail -n 1
echo "FATAL: sorry, too many clients already" | runbook match - | grep -q too-many-connections
man --local-file /usr/share/man/man1/runbook.1.gz 2>/dev/null | grep -q "Usage: runbook" || ! command -v man
drill=$(runbook drill pool-exhausted --engine postgres-system --plain </dev/null 2>&1 || true)
grep -q "the fault is still present" <<<"$drill" || ! ls /usr/lib/postgresql/*/bin/postgres
dpkg --purge runbook >/dev/null
left=$(find /etc /opt /usr /var -xdev -newer /before -iname "*runbook*")
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
echo "installed, used and removed without Node"
'
