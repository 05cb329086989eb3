#!/bin/sh
# Brings what tests start and npm has not: MariaDB, PgBouncer, HAProxy, Redis, Alertmanager, sshd, the tools for networks of their own,
# and a Chromium that shows nothing, from Debian.
#   sh bin/test-servers.sh
# Where they cannot be installed it says what will be skipped, and succeeds all the same.
set -eu

# Servers stand where an ordinary user's PATH does not look.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH

policy=/usr/sbin/policy-rc.d
own_policy=
log=

has() {
  command -v "$1" >/dev/null
}

# The core packages are MariaDB without a service, an account or a data folder.
missing_packages() {
  has mariadbd && has mariadb-install-db || echo mariadb-server-core
  has my_print_defaults || echo mariadb-client-core
  has pgbouncer || echo pgbouncer
  has haproxy || echo haproxy
  has redis-server && has redis-cli || echo redis-server
  has jq || echo jq
  has prometheus-alertmanager || echo prometheus-alertmanager
  has sshd || echo openssh-server
  has ssh && has ssh-keygen || echo openssh-client
  has ip && has tc || echo iproute2
  has nft || echo nftables
  has dockerd || echo docker.io
  has containerd || echo containerd
  has runc || echo runc
  # The smallest of those that test/support/browser.ts knows: no desktop comes with it.
  has chromium-headless-shell || has chromium || has google-chrome || echo chromium-headless-shell
}

# What is not started, and its tests skipped, by the packages that are missing.
missing_servers() {
  case $missing in *mariadb*) echo MariaDB ;; esac
  case $missing in *pgbouncer*) echo PgBouncer ;; esac
  case $missing in *haproxy*) echo HAProxy ;; esac
  case $missing in *redis*) echo Redis ;; esac
  case $missing in *jq*) echo jq ;; esac
  case $missing in *alertmanager*) echo Alertmanager ;; esac
  case $missing in *openssh*) echo sshd ;; esac
  case $missing in *iproute2* | *nftables*) echo 'networks of their own' ;; esac
  case $missing in *docker* | *containerd* | *runc*) echo Docker ;; esac
  case $missing in *chromium*) echo Chromium ;; esac
}

say_skipped() {
  servers=$(missing_servers | paste -sd , - | sed 's/,/, /g; s/\(.*\), /\1 and /')
  echo "test-servers: tests that start $servers are skipped: $1 (needed: apt-get install $missing)" >&2
}

skip() {
  say_skipped "$1"
  exit 0
}

tidy_up() {
  [ -z "$own_policy" ] || rm -f "$policy"
  [ -z "$log" ] || rm -f "$log"
}

# A package with a service starts it unless this file forbids it.
forbid_services() {
  [ ! -e "$policy" ] || return 0
  own_policy=yes
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

apt() {
  DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::http::Timeout=20 "$@" </dev/null >>"$log" 2>&1
}

missing=$(missing_packages | paste -sd ' ' -)
[ -n "$missing" ] || exit 0
[ "$(id -u)" = 0 ] || skip 'only root can install them'
has apt-get || skip 'there is no apt-get to install them with'

trap tidy_up EXIT
trap 'exit 130' HUP INT TERM
log=$(mktemp)
echo "test-servers: installing $missing" >&2
forbid_services
# Without a network the index that is there may still do.
apt update || true
# Where a browser does not come as this package, the servers come all the same.
case $missing in
  *chromium*)
    if ! apt-cache show chromium-headless-shell >/dev/null 2>&1; then
      servers_only=$(echo "$missing" | sed 's/ *chromium-headless-shell//')
      missing=chromium-headless-shell
      say_skipped 'apt-get knows no such package'
      missing=$servers_only
      [ -n "$missing" ] || exit 0
    fi
    ;;
esac
# Each word of $missing is a package.
# shellcheck disable=SC2086
apt install --no-install-recommends $missing ||
  skip "apt-get says $(grep -m 1 '^E:' "$log" || tail -n 1 "$log")"
# A service that was installed for the tests is not to start with the machine.
stop_from_starting() {
  case " $missing " in *" $1 "*) systemctl disable "$2" >/dev/null 2>&1 || true ;; esac
}
stop_from_starting pgbouncer pgbouncer
stop_from_starting redis-server redis-server
stop_from_starting prometheus-alertmanager prometheus-alertmanager
stop_from_starting openssh-server ssh
stop_from_starting docker.io docker.socket
stop_from_starting docker.io docker
stop_from_starting containerd containerd
