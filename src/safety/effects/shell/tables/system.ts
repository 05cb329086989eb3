import { judgeKill } from '../commands/kill.ts';
import type { Rules } from '../judging.ts';
import { byFlags, change, changes, destructive, flagged, shows, verbs } from '../rule.ts';

/** Commands that inspect processes, memory, disks and the kernel. */
export const SYSTEM: Rules = {
  ...byFlags(
    `ps | -AaNdeTfFHhjlLMmPrvwyZcxSEX -C: -g: -G: -p: -o: -O: -q: -s: -t: -u: -U: -k: -# --pid= --ppid= --user= --User=
      --group= --Group= --sort= --format= --no-headers --no-header --no-heading --headers --forest --cols= --columns=
      --width= --rows= --lines= --tty= --sid= --quick-pid= --deselect --context --cumulative;
    pgrep | -aAcfilnowxvq -d: -F: -g: -G: -O: -P: -r: -s: -t: -u: -U: --full --list-name --list-full --count --exact
      --newest --oldest --parent= --user= --euid= --uid= --group= --pgroup= --older= --runstates= --terminal=
      --delimiter= --ignore-case --inverse --lightweight --pidfile= --session=;
    pstree | -aAcCgGhlnNpsStTuUZw -H: --arguments --show-pids --show-parents --long --compact-not;
    pidof | -csxqnzw -o: -S: -d: -t; pwdx |; groups |; users |; lsmod |; getenforce |; whoami |;
    id | -aAcgGnruzZpPF --user --group --groups --name --real --zero --context; atq | -q: -V;
    who | -abdHilmpqrstTuw --all --boot --count --heading --users --short --dead --login --process --runlevel --time;
    last lastb | -adFhiKRwxoy -f: -n: -p: -s: -t: -T: -# --since= --until= --present= --fullnames --ip --dns --system
      --limit= --file= --fulltimes --hostlast --nohostname --time-format=;
    lsblk | -aAbDdfhiJlmnOpPrSstTvzMN -e: -I: -o: -x: -E: -w: -Q: -y --all --bytes --fs --json --list --nodeps
      --noheadings --output= --output-all --paths --pairs --raw --topology --perms --tree? --sort= --include=
      --exclude= --scsi --nvme --inverse --ascii;
    findmnt | -AabCcDefhiJklnPrRuUvxymIs -d: -N: -o: -O: -S: -t: -T: -M: -w: --df --json --list --noheadings
      --output= --output-all --raw --real --target= --source= --types= --mountpoint= --submounts --pairs --bytes
      --evaluate --fstab --mtab --kernel? --first-only --invert --nofsroot --options= --tree --notruncate --pseudo;
    modinfo | -0adlpn -F: -k: -b: --field= --basedir= --filename`,
    { takesAny: true },
  ),
  // `pmap -N` and `-n` write a file.
  ...byFlags(
    `pmap | -xXpdq -A: --extended --device --quiet --show-path --range=; uptime | -pscr --pretty --since --container;
    w | -hsufiolpnz --no-header --short --ip-addr --from --old-style; nproc | --all --ignore=;
    uname | -asnrvmpio --all --kernel-name --nodename --kernel-release --kernel-version --machine --operating-system;
    free | -bkmghlLtvwV -s: -c: --mega --giga --human --total --wide --bytes --kibi --mebi --gibi --kilo --si --lohi
      --seconds= --count= --committed --line;
    vmstat | -aDdfmnstwyV -p: -S: --active --stats --disk --slabs --wide --timestamp --one-header --unit= --disk-sum;
    mpstat | -AuVnTHd -I: -P: -N: -o:; lsusb | -tv -s: -d:; lsns | -JlnprTuWP -o: -p: -t: --json --output= --type= --list;
    lscpu | -aBbcjxyJ -C? -e? -p? -s: --json --extended? --parse? --caches? --all --online --offline --hex --bytes;
    lsmem | -abJnPr -o: -S: -s? --all --bytes --json --output= --summary?; lslocks | -bJinru -o: -p: --json --output= --pid=;
    lsipc | -bcegJlmnPqrstz -i: -o:; ipcs | -aqmsctpluhb -i: --human --all; cal | -31yjmsnwvh -A: -B: -d: -H:;
    lsb_release | -acdirsv --all --short --id --description --release --codename; numastat | -cmnvz -p: -s?;
    sestatus | -vb; systemd-cgls | -alkxc --no-pager --all --full --unit? --user-unit? --xattr= --cgroup-id=;
    systemd-detect-virt | -cvrq --container --vm --quiet --chroot --list`,
  ),
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
    alone: shows,
    verbs: { status: flagged({ flags: '--no-pager', most: 0 }) },
  }),
  timedatectl: verbs({
    flags: '--no-pager -a -p: --all --property= --value',
    alone: shows,
    verbs: {
      'status show list-timezones timesync-status show-timesync': flagged({
        flags: '--no-pager -a -p: --all --property= --value',
        most: 0,
      }),
    },
  }),
  localectl: verbs({
    flags: '--no-pager',
    alone: shows,
    verbs: { 'status list-locales list-keymaps': flagged({ flags: '--no-pager', most: 0 }) },
  }),
  loginctl: verbs({
    flags: '--no-pager --no-legend',
    alone: shows,
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
    alone: shows,
    verbs: { 'list info': flagged({ flags: '--no-pager --no-legend -r -n: -1' }) },
  }),
};
