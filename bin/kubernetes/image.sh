#!/usr/bin/env bash
# Makes the images of the proof without a registry: PostgreSQL and bash of this machine with the libraries that
# they need, once as a database and once as the program that holds a pod.
#   image.sh POSTGRES FOLDER      POSTGRES has bin, lib and share; writes FOLDER/images.tar
set -euo pipefail
postgres=$(cd "$1" && pwd); work=$2; root=$work/root
mkdir -p "$root"/{bin,etc,tmp,proc,sys,dev,usr/bin,opt/postgres,data}; chmod 1777 "$root/tmp"
cp -aL "$postgres/bin" "$postgres/lib" "$postgres/share" "$root/opt/postgres/"
# A package of npm has no links, by which programs name the libraries.
PATH=$PATH:/sbin:/usr/sbin ldconfig -n "$root/opt/postgres/lib" 2> /dev/null
for name in bash sh cat sleep env id mkdir chown base64 setsid setpriv grep tr date; do
  cp -L "$(command -v $name)" "$root/bin/$name"
done
{ find "$root" -type f \( -perm -u+x -o -name '*.so*' \) -print0 |
  LD_LIBRARY_PATH=$root/opt/postgres/lib xargs -0 -n1 ldd 2> /dev/null || true; } | grep -o '/[^ )]*' | sort -u | while read -r library; do
  case $library in "$root"/*) continue ;; esac
  [ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"; }
done
printf 'root:x:0:0:root:/:/bin/bash\npostgres:x:70:70::/data:/bin/bash\n' > "$root/etc/passwd"
printf 'root:x:0:\npostgres:x:70:\n' > "$root/etc/group"
cat > "$root/bin/database" <<'EOE'
#!/bin/bash
set -eu
export PATH=/opt/postgres/bin:/bin LD_LIBRARY_PATH=/opt/postgres/lib LC_ALL=C
chown postgres /data
as() { setpriv --reuid=70 --regid=70 --clear-groups "$@"; }
as initdb --auth=trust --username=shop --no-sync --pgdata=/data/cluster > /dev/null
echo 'host all all all trust' >> /data/cluster/pg_hba.conf
exec setpriv --reuid=70 --regid=70 --clear-groups postgres -D /data/cluster -c listen_addresses='*' \
  -c unix_socket_directories=/tmp -p 5455 ${ARGUMENTS:-}
EOE
printf '#!/bin/bash\ntrap "exit 0" TERM INT\nwhile :; do sleep 3600 & wait; done\n' > "$root/bin/hold"
chmod 755 "$root/bin/database" "$root/bin/hold"

cd "$work"
tar -C "$root" --owner=0 --group=0 -cf layer.tar .
sum=$(sha256sum layer.tar | cut -d ' ' -f 1)
for name in database hold; do
  printf '{"architecture":"amd64","os":"linux","config":{"Entrypoint":["/bin/%s"],"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    "$name" "$sum" > "$name.json"
done
printf '[%s,%s]' \
  '{"Config":"database.json","RepoTags":["docker.io/runbook/database:1"],"Layers":["layer.tar"]}' \
  '{"Config":"hold.json","RepoTags":["docker.io/runbook/hold:1"],"Layers":["layer.tar"]}' > manifest.json
tar -cf images.tar manifest.json database.json hold.json layer.tar
rm -rf "$root" layer.tar
