#!/bin/bash
# A box: pids, mounts and a network of its own, in which the script named first is process 1.
#   bash box.sh SCRIPT GROUP FOLDER
# It lives as long as standard input is open, so nothing of it outlives who has started it, however that ends.
# GROUP is the control group of what runs in it, FOLDER one of its own, and both are removed with it.
set -u
script=$1 group=$2 folder=$3

tidy_up() {
  for tree in /sys/fs/cgroup/"$group" /sys/fs/cgroup/*/"$group"; do
    [ ! -d "$tree" ] || find "$tree" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  rm -rf --one-file-system "$folder"
}
trap tidy_up EXIT
trap : HUP INT TERM

unshare --mount --net --pid --ipc --uts --fork --kill-child --propagation private --mount-proc \
  bash "$script" "$group" "$folder"
