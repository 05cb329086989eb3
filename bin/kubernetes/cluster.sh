#!/usr/bin/env bash
# Runs a Kubernetes of one node in namespaces of its own, until its first process ends: that ends all of it.
#   cluster.sh KUBERNETES FOLDER    KUBERNETES is what get.sh made; FOLDER has images.tar, and gets the rest
# Writes FOLDER/operator.pid, a process in the network of an operator beside the node, and FOLDER/kubeconfig.
set -euo pipefail
kubernetes=$1; work=$2
controllers='cpu cpuacct cpuset memory devices freezer blkio pids'

if [ "${3:-}" != inside ]; then
  # Of cgroups it gets a group each, which is removed with the folder.
  for name in $controllers systemd; do
    group=/sys/fs/cgroup/$name/$(basename "$work")
    [ -d "/sys/fs/cgroup/$name" ] || continue
    mkdir -p "$group"
    if [ $name = cpuset ]; then
      for file in cpus mems; do cat "/sys/fs/cgroup/cpuset/cpuset.$file" > "$group/cpuset.$file"; done
    fi
    echo $$ > "$group/cgroup.procs"
  done
  exec unshare --mount --pid --net --ipc --uts --cgroup --fork --kill-child --propagation private \
    bash "$0" "$kubernetes" "$work" inside
fi

# What programs write outside of the folder is gone with the namespace.
mount -t proc proc /proc
umount -l /sys; mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /sys/fs/cgroup
for name in $controllers; do mkdir "/sys/fs/cgroup/$name"; mount -t cgroup -o "$name" cgroup "/sys/fs/cgroup/$name"; done
mkdir /sys/fs/cgroup/systemd; mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
for folder in /run /var/log /var/lib; do mount -t tmpfs tmpfs "$folder"; done
hostname node1

# A bridge for the node's own address, and a cable to the operator's machine.
ip link set lo up
ip link add lan0 type bridge; ip address add 10.55.0.1/24 dev lan0; ip link set lan0 up
unshare --net bash -c 'echo up; exec sleep infinity' > "$work/operator" & operator=$!
while [ ! -s "$work/operator" ]; do sleep 0.05; done
ip link add node0 type veth peer name operator0 netns $operator
ip address add 10.57.0.1/30 dev node0; ip link set node0 up
nsenter --net=/proc/$operator/ns/net bash -c \
  'ip link set lo up; ip address add 10.57.0.2/30 dev operator0; ip link set operator0 up; ip route add default via 10.57.0.1'
ip route add default dev lan0
echo 1 > /proc/sys/net/ipv4/ip_forward

cd "$work"; mkdir -p etcd pki log cni kubelet containerd volumes
export PATH=$kubernetes/root/usr/bin:$kubernetes/root/usr/sbin:$PATH
export LD_LIBRARY_PATH=$kubernetes/root/usr/lib/x86_64-linux-gnu
openssl genrsa -out pki/sa.key 2048 2> /dev/null
printf 'admintoken,admin,1,"system:masters"\nviewtoken,viewer,2\n' > pki/tokens.csv
cat > kubeconfig <<EOK
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://10.57.0.1:6443", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: admintoken}}, {name: viewer, user: {token: viewtoken}}]
contexts: [{name: proof, context: {cluster: c, user: admin, namespace: default}}, {name: view, context: {cluster: c, user: viewer, namespace: default}}]
current-context: proof
EOK
cat > containerd.toml <<EOC
version = 2
root = "$work/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "docker.io/runbook/hold:1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$kubernetes/root/usr/lib/cni"
    conf_dir = "$work/cni"
EOC
echo '{"cniVersion":"0.4.0","name":"pods","plugins":[{"type":"bridge","bridge":"pods0","isGateway":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.56.0.0/24"}]],"dataDir":"/run/ipam"}}]}' > cni/10.conflist

start() { # PROGRAM ARGUMENTS
  local name=$1; shift
  setsid "$(command -v "$name")" "$@" < /dev/null > "log/$name.log" 2>&1 &
}
until_true() { for _ in $(seq 600); do "$@" > /dev/null 2>&1 && return 0; sleep 0.1; done; echo "cluster: no $*" >&2; exit 1; }
PATH=$kubernetes/bin:$PATH
start etcd --data-dir etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync
start kube-apiserver --etcd-servers=http://127.0.0.1:2379 --advertise-address=10.55.0.1 --bind-address=0.0.0.0 \
  --secure-port=6443 --cert-dir=pki/api --service-cluster-ip-range=10.96.0.0/16 --token-auth-file=pki/tokens.csv \
  --authorization-mode=RBAC --disable-admission-plugins=ServiceAccount --service-account-key-file=pki/sa.key \
  --service-account-signing-key-file=pki/sa.key --service-account-issuer=https://kubernetes.default.svc \
  --allow-privileged=true --kubelet-preferred-address-types=InternalIP
start containerd -c containerd.toml
until_true ctr -a /run/containerd.sock version
ctr -a /run/containerd.sock -n k8s.io images import --no-unpack images.tar > log/import.log 2>&1
export KUBECONFIG=$work/kubeconfig
until_true kubectl get --raw /readyz
start kube-controller-manager --kubeconfig=kubeconfig --leader-elect=false --service-account-private-key-file=pki/sa.key
start kube-scheduler --kubeconfig=kubeconfig --leader-elect=false
start kubelet --kubeconfig=kubeconfig --hostname-override=node1 --node-ip=10.55.0.1 --root-dir="$work/kubelet" \
  --cert-dir=pki/kubelet --container-runtime=remote --container-runtime-endpoint=unix:///run/containerd.sock \
  --cgroup-driver=cgroupfs --cgroups-per-qos=false --enforce-node-allocatable= --fail-swap-on=false \
  --eviction-hard='nodefs.available<1%' --image-gc-high-threshold=100 --node-status-update-frequency=1s \
  --volume-plugin-dir="$work/volumes"
until_true bash -c "kubectl get nodes | grep -q ' Ready'"
echo $operator > operator.pid.inside
echo ready
exec sleep infinity
