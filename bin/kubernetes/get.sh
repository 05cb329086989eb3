#!/usr/bin/env bash
# Gets a Kubernetes for `npm run proof:kubernetes` without a registry: its control plane and kubelet are built from
# the source package of Debian 12, which has all it needs in vendor/; etcd, containerd, runc, the CNI plugins and
# Go are unpacked from Debian's packages. Installs nothing: everything is in FOLDER.
#   get.sh FOLDER
set -euo pipefail
mkdir -p "$1"; here=$(cd "$1" && pwd)
programs='kube-apiserver kube-controller-manager kube-scheduler kubelet'

say() { echo "kubernetes: $*" >&2; }

bookworm() { # PROGRAM ARGUMENTS: apt with lists of its own
  local program=$1 own=$here/apt; shift
  "$program" -qq -o Dir::Etc::sourcelist="$own/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$own/lists" -o Dir::Cache="$own/cache" -o Dir::State::status="$own/status" \
    -o APT::Architecture=amd64 -o APT::Sandbox::User=root "$@"
}

list_packages() {
  local own=$here/apt mirror type
  mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null | grep -v snapshot | head -1 | tr -d ' ' || true)
  [ -n "$mirror" ] || { say 'no Debian mirror is configured'; exit 1; }
  mkdir -p "$own/lists/partial" "$own/cache/archives/partial"; : > "$own/status"
  for type in deb deb-src; do
    echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main"
  done > "$own/sources.list"
  bookworm apt-get update
}

unpack_packages() {
  say 'unpacking etcd, containerd, runc, the CNI plugins and Go'
  mkdir -p "$here/deb"; rm -rf "$here/root"
  (cd "$here/deb" && bookworm apt-get download etcd-server containerd runc libseccomp2 \
    containernetworking-plugins kubernetes-client golang-1.19-go golang-1.19-src)
  for package in "$here"/deb/*.deb; do dpkg -x "$package" "$here/root.new"; done
  mv "$here/root.new" "$here/root"
}

unpack_source() {
  say 'unpacking the source package'
  mkdir -p "$here/source" "$here/gopath/src/k8s.io"; rm -rf "$here/gopath/src/k8s.io/new"
  (cd "$here/source" && bookworm apt-get source --download-only kubernetes)
  dpkg-source --no-check -x "$here"/source/kubernetes_*.dsc "$here/gopath/src/k8s.io/new" > /dev/null
  mv "$here/gopath/src/k8s.io/new" "$here/gopath/src/k8s.io/kubernetes"
}

# As Kubernetes' own Makefile of that time does: with GOPATH, no module and no proxy.
build() {
  export GO111MODULE=off GOPROXY=off GOFLAGS=-p=2 CGO_ENABLED=0
  export GOROOT=$here/root/usr/lib/go-1.19 GOPATH=$here/gopath GOCACHE=$here/gocache
  local go=$GOROOT/bin/go version=k8s.io/kubernetes/vendor/k8s.io/component-base/version
  local flags="-s -w -X $version.gitVersion=v1.20.2 -X $version.gitMajor=1 -X $version.gitMinor=20"
  cd "$GOPATH/src/k8s.io/kubernetes"
  [ -e pkg/generated/openapi/zz_generated.openapi.go ] || generate_openapi "$go"
  for program in $programs; do
    [ ! -e "$here/bin/$program" ] || continue
    say "building $program"
    nice -n 10 "$go" build -ldflags "$flags" -o "$here/bin/$program.new" "./cmd/$program"
    mv "$here/bin/$program.new" "$here/bin/$program"
  done
}

# The API server describes itself by definitions that are generated from comments in the source.
generate_openapi() { # GO
  say 'generating the API definitions'
  nice -n 10 "$1" build -o "$here/bin/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  local marked packages
  marked=$(grep -rlE --include='*.go' '^// \+k8s:openapi-gen=' pkg staging/src vendor/k8s.io cmd 2> /dev/null || true)
  packages=$(echo "$marked" | xargs -n1 dirname |
    sed -E 's#^(vendor|staging/src)/#k8s.io/kubernetes/vendor/#; t; s#^#k8s.io/kubernetes/#' |
    grep -vE 'testdata|/test|example|sample|code-generator' | sort -u | paste -sd , -)
  nice -n 10 "$here/bin/openapi-gen" -O zz_generated.openapi -h hack/boilerplate/boilerplate.generatego.txt \
    -i "$packages" -p k8s.io/kubernetes/pkg/generated/openapi -r "$here/violations" > "$here/openapi.log" 2>&1
}

is_complete() { for program in $programs; do [ -x "$here/bin/$program" ] || return 1; done; [ -d "$here/root" ]; }

is_complete && exit 0
[ "$(uname -m)" = x86_64 ] || { say 'only x86_64 is known'; exit 1; }
mkdir -p "$here/bin"
list_packages
[ -d "$here/root" ] || unpack_packages
[ -d "$here/gopath/src/k8s.io/kubernetes" ] || unpack_source
build
# The source and what Go keeps are a gigabyte that only a build needs.
rm -rf "$here/gopath" "$here/gocache" "$here/source" "$here/deb" "$here/apt" "$here/openapi.log" "$here/violations" \
  "$here/bin/openapi-gen" "$here"/root/usr/{lib,share}/go-1.19
