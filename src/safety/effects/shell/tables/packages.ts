import type { Rules } from '../judging.ts';
import { change, changes, destructive, flagged, verbs } from '../rule.ts';

/** Returns a judge for a command that only prints its version, with one of these flags. */
const versionBy = (flags: string) => flagged({ flags, needs: flags, most: 0 });

/** Commands that list installed packages, and runtimes, limited to their version. */
export const PACKAGES: Rules = {
  dpkg: flagged({
    flags:
      '-l? -s: -L: -S: -C --list --status= --listfiles= --search= --audit --print-architecture --get-selections',
    needs:
      '-l -s -L -S -C --list --status --listfiles --search --audit --print-architecture --get-selections',
  }),
  'dpkg-query': flagged({
    flags: '-l -s -L -S -W -f: --show --list --status --showformat=',
    needs: '-l -s -L -S -W --show --list --status',
  }),
  // `-V` runs scripts of the package.
  rpm: flagged({
    flags:
      '-q -a -i -l -f -c -d -R --query --all --info --list --last --changelog --queryformat= --whatprovides',
    needs: '-q --query',
  }),
  'apt apt-get apt-cache yum dnf snap': verbs({
    flags: '-q',
    verbs: {
      // `-o` and `-c` set what these run and write.
      'list show policy search info depends rdepends madison repolist': flagged({
        flags: `-a -i -n -q -v -f --all --installed --upgradable --upgradeable --available --updates
          --names-only --full --recurse --all-versions --no-all-versions --showduplicates --enabled
          --disabled --quiet --verbose --cacheonly -C`,
      }),
      'install update upgrade dist-upgrade full-upgrade reinstall refresh': changes(
        change('changes what is installed'),
      ),
      'remove purge autoremove erase': changes(destructive('removes packages')),
    },
  }),
  'pip pip3': verbs({
    flags: '',
    verbs: {
      'list show freeze check': flagged({
        flags:
          '-o -u -l -f -v -q --outdated --uptodate --local --user --format= --files --verbose --all',
      }),
      uninstall: changes(destructive('removes packages')),
      install: changes(change('changes what is installed')),
    },
  }),
  // `-J` passes options to the JVM, some of which load code.
  jps: flagged({ flags: '-qlmv', most: 0 }),
  jstack: flagged({ flags: '-l', most: 1, like: /^\d+$/ }),
  jstat: flagged({
    style: 'whole',
    flags: `-gc -gccause -gcutil -gccapacity -gcnew -gcnewcapacity -gcold -gcoldcapacity
      -gcmetacapacity -class -compiler -printcompilation -t -h: -options`,
    like: /^\d+(?:ms|s)?$/,
  }),
  jcmd: flagged({
    flags: '-l',
    like: /^(?:\d+|Thread\.print|VM\.(?:flags|version|uptime|command_line|system_properties|info)|GC\.heap_info|help)$/,
  }),
  java: flagged({
    style: 'whole',
    flags: '-version --version -fullversion',
    needs: '-version --version -fullversion',
    most: 0,
  }),
  // For the others `-v` means verbose: they run a program, start a server or write a dump.
  'perl ruby node npm php gcc redis-server': versionBy('--version -v'),
  'python python3 pg_dump pg_dumpall mysqldump mariadb-dump postgres mysqld mariadbd':
    versionBy('--version -V'),
  'make mongod mongodump': versionBy('--version'),
  go: verbs({ flags: '', verbs: { version: flagged({ flags: '', most: 0 }) } }),
};
