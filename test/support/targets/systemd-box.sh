#!/bin/bash
# Process 1 of a box with systemd, which takes over a layer of its own over this machine's files. Of the machine
# itself it can write the folder of the box only.
set -eu
group=$1 folder=$2
if [ "${3:-}" = "" ]; then
  # Its control groups begin where it is when the namespace is made.
  for tree in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    [ -e "$tree/cgroup.procs" ] || continue
    mkdir -p "$tree/$group"
    echo $$ >"$tree/$group/cgroup.procs"
  done
  exec unshare --cgroup bash "$0" "$group" "$folder" inside
fi
layer=$folder/layer
root=$folder/root
mkdir "$layer" "$root"
mount -t tmpfs tmpfs "$layer"
mkdir "$layer/up" "$layer/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$layer/up,workdir=$layer/work" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
for place in dev run tmp; do mount -t tmpfs -o mode=755 tmpfs "$root/$place"; done
chmod 1777 "$root/tmp"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/run/lock"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mkdir "$folder/shared"
mkdir -p "$root$folder/shared"
mount --bind "$folder/shared" "$root$folder/shared"
ip link set lo up
mkdir "$root/.old"
cd "$root"
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
rm -rf /etc/systemd/system/*.wants /etc/machine-id
od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >/etc/machine-id
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' >/etc/systemd/system/box.target
mask() { ln -sf /dev/null "/etc/systemd/system/$1"; }
for unit in udevd udev-trigger sysctl binfmt modules-load timesyncd random-seed remount-fs pstore firstboot \
  tmpfiles-setup tmpfiles-setup-dev tmpfiles-clean update-utmp; do
  mask "systemd-$unit.service"
done
for unit in apparmor.service networking.service tmp.mount; do mask "$unit"; done
{
  until systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; do sleep 0.1; done
  echo up
  cat >/dev/null
  # The power of this box, not of the machine: systemd takes the signal as such.
  kill -s RTMIN+14 1
} <&0 &
exec env -i container=box PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=box.target </dev/null
