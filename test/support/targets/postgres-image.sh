#!/bin/bash
# An image of this machine's own PostgreSQL, without a registry: writes the files of it as one archive to standard output.
#   bash postgres-image.sh FOLDER        FOLDER is where they are gathered
set -eu
root=$1
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)")
version=$(basename "$(dirname "$bin")")
share=/usr/share/postgresql/$version
lib=/usr/lib/postgresql/$version/lib
mkdir -p "$root"/{bin,usr/bin,etc,tmp,run/postgresql,var/lib/postgresql,proc,sys,dev} "$root$bin" "$root$share" "$root$lib"
ln -s ../run "$root/var/run"
chmod 1777 "$root/tmp"
for program in postgres initdb psql pg_ctl pg_isready; do
  cp "$bin/$program" "$root$bin/"
  ln -s "$bin/$program" "$root/bin/$program"
done
cp -rL "$share/." "$root$share/"
for library in dict_snowball plpgsql; do cp "$lib/$library.so" "$root$lib/"; done
cp "$lib"/*_and_*.so "$root$lib/"
for program in bash sh cat sleep env id mkdir chown printenv setpriv; do
  cp -L "$(command -v "$program")" "$root/bin/"
done
find "$root" -type f \( -perm -u+x -o -name '*.so' \) -exec ldd {} + 2>/dev/null |
  grep -o '/[^ :)]*' | sort -u | while read -r library; do
  [ -f "$library" ] || continue
  [ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; }
done
printf 'root:x:0:0:root:/:/bin/bash\npostgres:x:70:70::/var/lib/postgresql:/bin/bash\n' >"$root/etc/passwd"
printf 'root:x:0:\npostgres:x:70:\n' >"$root/etc/group"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
cat >"$root/bin/entry" <<END
#!/bin/bash
set -eu
export PGDATA=/var/lib/postgresql/data LC_ALL=C PATH=/bin
as() { setpriv --reuid=70 --regid=70 --clear-groups "\$@"; }
if [ ! -s \$PGDATA/PG_VERSION ]; then
  mkdir -p \$PGDATA
  chown -R 70:70 /var/lib/postgresql /run/postgresql
  as initdb --auth=trust --username=postgres --no-sync --no-instructions \$PGDATA >/dev/null
  echo 'host all all all trust' >>\$PGDATA/pg_hba.conf
fi
exec setpriv --reuid=70 --regid=70 --clear-groups postgres -D \$PGDATA -c listen_addresses='*' -p "\${PGPORT:-5432}" "\$@"
END
chmod 755 "$root/bin/entry"
tar -C "$root" -c .
