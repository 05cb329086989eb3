import type { Rules } from '../judging.ts';
import { judgeKill } from '../kill.ts';
import { change, changes, destructive, flagged, harmless, verbs } from '../rule.ts';

/** Commands that look at processes, memory, disks and the kernel. */
export const SYSTEM: Rules = {
  [`ps pstree pgrep pidof pwdx pmap uptime w who whoami id groups users last lastb finger
    uname arch nproc free vmstat mpstat iostat lscpu lsmem lsblk lsusb lspci lsmod modinfo findmnt
    lsns lslocks lsipc ipcs slabtop smem lsb_release cal getent numastat
    systemd-cgls systemd-detect-virt`]: harmless,
  'kill pkill killall': judgeKill,
  dmidecode: flagged({ flags: '-q -t: -s:' }),
  lastlog: flagged({ flags: '-b: -t: -u:' }),
  pidstat: flagged({ flags: '-dhHIlrRstuUvVw -p: -C: -G: -T:' }),
  'top atop': flagged({
    flags: '-bcHiSw1 -n: -d: -p: -u: -U: -o: -e: -E:',
    needs: '-b',
  }),
  iotop: flagged({ flags: '-boPakt -n: -d: -p: -u: -q', needs: '-b' }),
  'systemd-cgtop': flagged({
    flags: '-b -n: -d: -p -t -c -m -i --batch --iterations= --depth= --order=',
  }),
  sar: flagged({
    flags: '-ABbdFHhpqrRSuvWwyz -n: -P: -s: -e: -f: -i: -I: -m:',
    changing: { '-o:': change('writes a file') },
  }),
  date: flagged({
    flags:
      '-uR -d: -r: -I? --date= --utc --universal --reference= --iso-8601? --rfc-3339= --rfc-email',
    changing: { '-s: --set=': change('sets the clock') },
    like: /^\+/,
    otherwise: change('sets the clock'),
  }),
  hostname: flagged({
    flags: '-fiIsdAy --fqdn --long --short --ip-address --all-ip-addresses --domain --all-fqdns',
    changing: { '-F: -b --file=': change('sets the name of the host') },
    most: 0,
    otherwise: change('sets the name of the host'),
  }),
  sysctl: flagged({
    flags: '-anNebrqA --all --names --values --ignore --pattern= --quiet',
    changing: { '-w -p? -f? --write --load? --system': change('sets a kernel parameter') },
    like: /^[^=]*$/,
    otherwise: change('sets a kernel parameter'),
  }),
  dmesg: flagged({
    flags:
      '-eHkLPrSTtuwxpd -l: -f: -s: --ctime --human --kernel --level= --facility= --follow --decode --nopager --color? --since= --until= --notime --time-format= --userspace --show-delta --reltime',
    changing: {
      '-Cc --clear --read-clear': change('clears the kernel log'),
      '-nDE --console-on --console-off': change('changes what the console shows'),
    },
  }),
  mount: flagged({ flags: '-lvV -t:', most: 0, otherwise: change('mounts a file system') }),
  swapon: flagged({
    flags: '-s --show? --summary --noheadings --bytes --raw',
    needs: '-s --show --summary',
  }),
  lsof: flagged({
    flags: '-nPtalURVbw -i? -p: -u: -c: -g? -s? -F? -d: -r? -L? -o? -T? -K?',
  }),
  fuser: flagged({
    flags: '-alumvn46 --all --verbose --mount --user --namespace=',
    changing: { '-k --kill': destructive('ends processes') },
  }),
  prlimit: flagged({
    flags: '-p: -n -u -o: --pid= --nofile --nproc --output= --noheadings --raw',
    most: 0,
  }),
  strace: changes({ effect: 'change', text: 'stops and goes on with a process at every call' }),
  hdparm: flagged({ flags: '-iI' }),
  smartctl: flagged({
    flags: '-aiHAcx -l: -d: -n: --all --info --health --attributes --scan --json? --log=',
    // `-l scterc,70,70` sets what `-l scterc` shows.
    values: { '-l': /^(?!scttempint)\w+$/, '--log': /^(?!scttempint)\w+$/ },
  }),
  fdisk: flagged({ flags: '-lx', needs: '-l -x' }),
  crontab: flagged({
    flags: '-l -u:',
    needs: '-l',
    changing: { '-r': destructive('removes the table'), '-e': change('edits the table') },
    most: 0,
    otherwise: change('replaces the table'),
  }),
  atq: harmless,
  hostnamectl: verbs({
    flags: '--no-pager --json= --static --pretty --transient',
    alone: harmless,
    verbs: { status: harmless },
  }),
  timedatectl: verbs({
    flags: '--no-pager -a -p: --all --property= --value',
    alone: harmless,
    verbs: { 'status show list-timezones timesync-status show-timesync': harmless },
  }),
  localectl: verbs({
    flags: '--no-pager',
    alone: harmless,
    verbs: { 'status list-locales list-keymaps': harmless },
  }),
  loginctl: verbs({
    flags: '--no-pager --no-legend',
    alone: harmless,
    verbs: {
      'list-sessions list-users list-seats session-status user-status show-session show-user':
        harmless,
      'terminate-session terminate-user kill-session kill-user': changes(
        destructive('ends sessions'),
      ),
    },
  }),
  coredumpctl: verbs({
    flags: '--no-pager --no-legend -r -n: -1',
    alone: harmless,
    verbs: { 'list info': harmless },
  }),
  dpkg: flagged({
    flags:
      '-l? -s: -L: -S: -V -C --list --status= --listfiles= --search= --verify --audit --print-architecture --get-selections',
    needs:
      '-l -s -L -S -V -C --list --status --listfiles --search --verify --audit --print-architecture --get-selections',
  }),
  'dpkg-query': flagged({
    flags: '-l -s -L -S -W -f: --show --list --status --showformat=',
    needs: '-l -s -L -S -W --show --list --status',
  }),
  rpm: flagged({
    flags:
      '-q -a -i -l -f -c -d -V -p -R --query --all --info --list --last --changelog --queryformat= --whatprovides --verify',
    needs: '-q --query -V --verify',
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
    },
  }),
  jps: harmless,
  jstack: flagged({ flags: '-l', most: 1 }),
  jcmd: flagged({
    flags: '-l',
    like: /^(?:\d+|Thread\.print|VM\.(?:flags|version|uptime|command_line|system_properties|info)|GC\.heap_info|help)$/,
  }),
};
