import { judgeKill } from '../commands/kill.ts';
import type { Rules } from '../judging.ts';
import { change, changes, destructive, flagged, harmless, verbs } from '../rule.ts';

/** Commands that inspect processes, memory, disks and the kernel. */
export const SYSTEM: Rules = {
  [`ps pstree pgrep pidof pwdx pmap uptime w who whoami id groups users last lastb
    uname nproc free vmstat mpstat lscpu lsmem lsblk lsusb lsmod modinfo findmnt
    lsns lslocks lsipc ipcs lsb_release cal numastat getenforce sestatus
    systemd-cgls systemd-detect-virt atq`]: harmless,
  'kill pkill killall': judgeKill,
  // On macOS it runs a command.
  arch: flagged({ flags: '', most: 0 }),
  'aa-status apparmor_status': flagged({ flags: '-v --verbose --json --pretty-json', most: 0 }),
  blkid: flagged({ flags: '-o: -s: -t: -L: -U: -p' }),
  iostat: flagged({ flags: '-cdhkmNpstVxyz -p? -o: --human --pretty --dec=' }),
  lspci: flagged({ flags: '-vknmtDqx -s: -d:', most: 0 }),
  slabtop: flagged({ flags: '-o -s: --once --sort=', most: 0 }),
  smem: flagged({ flags: '-tkrpuwm -s: -c: -P: -U:', most: 0 }),
  dmidecode: flagged({ flags: '-q -t: -s:', most: 0 }),
  lastlog: flagged({ flags: '-b: -t: -u:', most: 0 }),
  pidstat: flagged({ flags: '-dhHIlrRstuUvVw -p: -C: -G: -T:', like: /^\d+$/ }),
  top: flagged({ flags: '-bcHiS1 -w? -n: -d: -p: -u: -U: -o: -e: -E:', needs: '-b', most: 0 }),
  iotop: flagged({ flags: '-boPaktq -n: -d: -p: -u:', needs: '-b', most: 0 }),
  'systemd-cgtop': flagged({
    flags: '-b -n: -d: -p -t -c -m -i --batch --iterations= --depth= --order=',
  }),
  sar: flagged({
    flags: '-ABbdFHhpqrRSuvWwyz -n: -P: -s: -e: -f: -i: -I: -m:',
    changing: { '-o?': change('writes a file') },
    like: /^\d+$/,
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
    flags: '-anNebqA --all --names --values --ignore --pattern= --quiet',
    changing: { '-w -p? -f? --write --load? --system': change('sets a kernel parameter') },
    like: /^[^=]*$/,
    otherwise: change('sets a kernel parameter'),
  }),
  dmesg: flagged({
    flags:
      '-ekLPrSTtuwxpd -l: -f: -s: --ctime --kernel --level= --facility= --follow --decode --nopager --color? --since= --until= --notime --time-format= --userspace --show-delta --reltime',
    changing: {
      '-Cc --clear --read-clear': change('clears the kernel log'),
      '-nDE --console-on --console-off': change('changes what the console shows'),
    },
    most: 0,
  }),
  mount: flagged({ flags: '-lvV -t:', most: 0, otherwise: change('mounts a file system') }),
  swapon: flagged({
    flags: '-s --show? --summary --noheadings --bytes --raw',
    needs: '-s --show --summary',
    most: 0,
    otherwise: change('changes what memory is swapped to'),
  }),
  lsof: flagged({
    flags: '-nPtalURVbw -i? -p: -u: -c: -g? -s? -F? -d: -r? -L? -o? -T? -K?',
  }),
  fuser: flagged({
    flags: '-alumvn46 --all --verbose --mount --user --namespace=',
    changing: { '-k --kill': destructive('ends processes') },
  }),
  prlimit: flagged({
    flags: '-p: -nu -o: --pid= --nofile --nproc --output= --noheadings --raw',
    most: 0,
  }),
  strace: changes(change('stops and continues a process at every call')),
  hdparm: flagged({ flags: '-iI' }),
  smartctl: flagged({
    flags: '-aiHAcx -l: -d: -n: --all --info --health --attributes --scan --json? --log=',
    // `-l scterc,70,70` sets the value that `-l scterc` shows.
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
  hostnamectl: verbs({
    flags: '--no-pager --json= --static --pretty --transient',
    alone: harmless,
    verbs: { status: flagged({ flags: '--no-pager', most: 0 }) },
  }),
  timedatectl: verbs({
    flags: '--no-pager -a -p: --all --property= --value',
    alone: harmless,
    verbs: {
      'status show list-timezones timesync-status show-timesync': flagged({
        flags: '--no-pager -a -p: --all --property= --value',
        most: 0,
      }),
    },
  }),
  localectl: verbs({
    flags: '--no-pager',
    alone: harmless,
    verbs: { 'status list-locales list-keymaps': flagged({ flags: '--no-pager', most: 0 }) },
  }),
  loginctl: verbs({
    flags: '--no-pager --no-legend',
    alone: harmless,
    verbs: {
      'list-sessions list-users list-seats session-status user-status show-session show-user':
        flagged({ flags: '--no-pager --no-legend -p: --property= --value' }),
      'terminate-session terminate-user kill-session kill-user': changes(
        destructive('ends sessions'),
      ),
    },
  }),
  coredumpctl: verbs({
    flags: '--no-pager --no-legend -r -n: -1',
    alone: harmless,
    verbs: { 'list info': flagged({ flags: '--no-pager --no-legend -r -n: -1' }) },
  }),
};
