import { judgeCurl, judgeWget } from '../commands/curl.ts';
import { judgeIpObject } from '../commands/ip-object.ts';
import { judgeLookup, judgeNetcat, sending } from '../commands/netcat.ts';
import { OPENSSL } from '../commands/openssl.ts';
import { judgeSsh } from '../commands/remote.ts';
import { wrapper } from '../commands/wrappers.ts';
import type { Rules } from '../judging.ts';
import { byFlags, change, changes, destructive, flagged, shows, verbs } from '../rule.ts';

const REMOVES_RULES = destructive('removes rules others rely on');
const CHANGES_RULES = change('changes the firewall');

const IPTABLES = {
  flags:
    '-nvxw? -t: -L? -S? --list? --list-rules? --line-numbers --numeric --verbose --exact --table= -46',
  changing: {
    '-F? -X? -D? -P? -Z? --flush? --delete-chain? --delete? --policy? --zero?': REMOVES_RULES,
    '-A? -I? -R? -E? -N? --append? --insert? --replace? --rename-chain? --new-chain?':
      CHANGES_RULES,
  },
} as const;

/** Commands that inspect and probe the network. */
export const NETWORK: Rules = {
  ...byFlags(
    `traceroute traceroute6 tracepath tracepath6 | -46bdFIrTnUDeEhvxa -f: -g: -i: -l: -m: -N: -p: -q: -s: -t: -w: -z:;
    mtr | -46rwbnzeTutCpjxl -c: -i: -s: -m: -f: -o: -a: -I: -y: -P: -Q: -G: -Z: --report --report-wide
      --report-cycles= --no-dns --tcp --udp --port= --json --csv --xml --raw --split --show-ips --aslookup
      --interval= --address= --psize= --max-ttl= --first-ttl=;
    netstat | -46aAbBcCeFgiIlLmnNopPqrRsStTuUvVwWxZ -f: --tcp --udp --listening --all --numeric --programs --route
      --statistics --interfaces? --groups --continuous --extend --timers --wide --numeric-hosts
      --numeric-ports --inet --inet6 --unix --raw --verbose;
    ipcalc | -46bnmphsgrcai --network --netmask --broadcast --prefix --hostname --check --silent --json;
    ssh-keyscan | -46cDHqv -f: -p: -T: -t:`,
    { takesAny: true },
  ),
  'dig host nslookup delv getent': judgeLookup,
  // `-h` and `-p` send the words to any service.
  whois: flagged({ flags: '-H', like: /^[\w.:-]+$/ }),
  'ping ping6': flagged({ flags: '-46DnqOvLR -c: -W: -w: -i: -s: -t: -I: -M: -Q: -m: -p: -S:' }),
  ss: flagged({
    flags: `-tuwxdaHlnprsoemieO460ZzTbSBV -f: -A: -N: --tcp --udp --unix --listening --numeric --processes
      --all --summary --extended --memory --info --options --family= --query= --no-header --resolve
      --ipv4 --ipv6 --oneline --cgroup --net= --events`,
    changing: { '-K --kill': destructive('closes connections') },
  }),
  'nc ncat netcat': judgeNetcat,
  telnet: sending({ flags: '-46' }),
  curl: judgeCurl,
  wget: judgeWget,
  ssh: judgeSsh,
  'ssh-keygen': flagged({ flags: '-l -F: -f: -v -E:', needs: '-l -F' }),
  openssl: OPENSSL,
  ip: verbs({
    flags:
      '-4 -6 -0 -d -s -o -j -c -p -n: -br -brief -color -json -details -stats -statistics -oneline -pretty',
    style: 'whole',
    verbs: {
      [`a addr address l link r ro route n neigh neighbor neighbour ru rule maddr maddress mroute
        tunnel token tcp_metrics xfrm`]: judgeIpObject,
      // `file` replays what another wrote.
      'monitor mon': flagged({ flags: '', like: /^(?!file$)[\w.-]+$/ }),
      netns: verbs({
        flags: '',
        alone: shows,
        verbs: {
          'list identify pids list-id': flagged({ flags: '', like: /^[\w.-]+$/ }),
          exec: wrapper({ flags: '', skip: 1 }),
          'add set attach': changes(change('changes the network')),
          'del delete': changes(destructive('removes a network')),
        },
      }),
    },
  }),
  ifconfig: flagged({ flags: '-asv', most: 1, otherwise: change('changes the network') }),
  route: flagged({ flags: '-nveFC46 -A:', most: 0, otherwise: change('changes the network') }),
  arp: flagged({
    flags: '-anve -i: -H:',
    changing: { '-d': destructive('removes an entry'), '-s -f?': change('adds an entry') },
    most: 1,
  }),
  ethtool: flagged({
    flags:
      '-SikgacPTlmx --statistics --driver --show-features --show-ring --show-pause --show-coalesce',
    changing: { '-sKGACLrEt': change('changes the network card') },
    most: 1,
  }),
  bridge: verbs({
    flags: '-s -d -j',
    style: 'whole',
    verbs: { 'link fdb vlan mdb': judgeIpObject },
  }),
  tc: verbs({
    flags: '-s -d -p -j',
    style: 'whole',
    verbs: { 'qdisc class filter': judgeIpObject },
  }),
  'iptables ip6tables iptables-legacy iptables-nft': flagged({
    ...IPTABLES,
    needs: '-L -S --list --list-rules',
  }),
  'iptables-save ip6tables-save': flagged({
    flags: '-c -t: --counters --table=',
    changing: { '-f: --file=': change('writes a file') },
    most: 0,
  }),
  'iptables-restore ip6tables-restore': changes(REMOVES_RULES),
  nft: verbs({
    flags: '-ansSjyeNut --handle --numeric --stateless --json',
    verbs: {
      // Its words are joined, so a `;` in one would start another command.
      list: flagged({ flags: '-a', like: /^[\w./-]+$/ }),
      'flush delete reset destroy': changes(REMOVES_RULES),
      'add insert create replace rename': changes(CHANGES_RULES),
    },
  }),
  ufw: verbs({
    flags: '',
    verbs: {
      'status show version app': flagged({
        flags: '',
        like: /^(?:verbose|numbered|raw|listening|added|list|info|[A-Z]\w*)$/,
      }),
      'delete reset disable': changes(REMOVES_RULES),
      'allow deny reject limit insert enable reload route default logging prepend':
        changes(CHANGES_RULES),
    },
  }),
  'firewall-cmd': flagged({
    style: 'whole',
    flags: `--state --list-all --list-all-zones --list-ports --list-services --list-rich-rules
      --list-sources --list-interfaces --get-zones --get-services --get-active-zones
      --get-default-zone --zone: --permanent -q --version`,
    changing: { '--reload --complete-reload --runtime-to-permanent': CHANGES_RULES },
    most: 0,
  }),
  conntrack: flagged({
    flags:
      '-LSCEG -p: -s: -d: -o: -f: -n? -g? --dump --count --stats --event --proto= --orig-src= --orig-dst= --orig-port-src= --orig-port-dst= --sport= --dport= --state= --output= --dst= --src=',
    changing: {
      '-DF --delete --flush': destructive('forgets connections'),
      '-IU --create --update': change('changes connections'),
    },
  }),
  tcpdump: flagged({
    flags:
      '-nvXAeqtSlpDxKNOUbdfHL# -i: -c: -s: -r: -F: -y: -T: --interface= --count= --snapshot-length= --immediate-mode --list-interfaces --no-promiscuous-mode',
    changing: { '-w:': change('writes a file'), '-z: -G: -W: -C:': change('writes files') },
  }),
  resolvectl: verbs({
    flags: '-46 --no-pager --legend= -i: -p: -t: --interface= --type=',
    alone: shows,
    verbs: {
      'status query statistics show-cache show-server-state': flagged({
        flags: '-46 -t: -i: --type= --interface= --cache= --legend=',
      }),
      'flush-caches reset-statistics reset-server-features revert': changes(
        change('forgets what was resolved'),
      ),
    },
  }),
  chronyc: flagged({
    flags: '-nNc46v -h:',
    least: 1,
    like: /^(?:tracking|sources|sourcestats|activity|ntpdata|clients|serverstats|rtcdata|selectdata|-v)$/,
  }),
  ntpq: flagged({ flags: '-npw46', needs: '-p' }),
};
