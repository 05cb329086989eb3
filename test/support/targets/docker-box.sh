#!/bin/bash
# Process 1 of a box with a Docker daemon: says "up", and ends with standard input.
set -u
group=$1 folder=$2
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
mount -t tmpfs tmpfs /run
dockerd --data-root "$folder/data" --exec-root /run/docker --pidfile /run/docker.pid \
  --host unix:///run/docker.sock --bridge none --iptables=false --ip6tables=false \
  --storage-driver vfs --cgroup-parent "/$group" >"$folder/dockerd.log" 2>&1 </dev/null &
daemon=$!
until docker --host unix:///run/docker.sock version >/dev/null 2>&1; do
  kill -0 "$daemon" 2>/dev/null || { tail -n 3 "$folder/dockerd.log" >&2; exit 1; }
  # An end of input is the end; a time-out is not.
  read -r -t 0.1 _
  [ $? -gt 128 ] || exit 0
done
echo up
cat >/dev/null
# What is frozen cannot be killed.
for state in /sys/fs/cgroup/freezer/"$group"/*/freezer.state; do
  [ ! -e "$state" ] || echo THAWED >"$state"
done
for state in /sys/fs/cgroup/"$group"/*/cgroup.freeze; do
  [ ! -e "$state" ] || echo 0 >"$state"
done
