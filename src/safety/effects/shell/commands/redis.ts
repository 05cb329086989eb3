import { words } from '#text/words.ts';
import { known, unsure } from '../../report.ts';
import { readFlags } from '../flags.ts';
import type { Judge } from '../judging.ts';
import { change } from '../rule.ts';

const READS = new Set(
  words(`ping echo info dbsize time role lastsave exists type ttl pttl expiretime pexpiretime strlen get mget
  getrange hget hgetall hkeys hvals hlen hmget hexists hstrlen hscan hrandfield llen lrange lindex lpos
  scard smembers sismember smismember srandmember sscan sinter sunion sdiff sintercard zcard zcount zrange
  zrangebyscore zrangebylex zrevrange zrevrangebyscore zrank zrevrank zscore zmscore zscan zlexcount xlen
  xrange xrevrange xpending scan randomkey bitcount bitpos getbit`),
);

/** The reading subcommands of commands that have others too. */
const READ_PARTS: Readonly<Record<string, RegExp>> = {
  config: /^get$/,
  slowlog: /^(?:get|len)$/,
  client: /^(?:list|info|id|getname)$/,
  memory: /^(?:usage|stats|doctor)$/,
  latency: /^(?:latest|history|doctor)$/,
  object: /^(?:encoding|freq|idletime|refcount)$/,
  acl: /^(?:list|users|whoami|getuser|cat)$/,
  cluster: /^(?:info|nodes|slots|shards|links|myid|keyslot|countkeysinslot|replicas)$/,
  command: /^(?:count|info|docs)$/,
  module: /^list$/,
  pubsub: /^(?:channels|numsub|numpat)$/,
  xinfo: /^(?:stream|groups|consumers)$/,
  sentinel: /^(?:masters?|replicas|slaves|sentinels|get-master-addr-by-name|ckquorum)$/,
};

const REMOVES =
  /^(?:flushall|flushdb|shutdown|del|unlink|getdel|[hx]del|srem|lrem|zrem\w*|ltrim|[lr]pop|spop|zpop\w+|xtrim|expire|pexpire|rename|migrate|swapdb|replicaof|slaveof|failover|restore|script|function|debug|bgrewriteaof)$/;

/** Judges `redis-cli command …`. Only commands known to read are reads. */
export const judgeRedis: Judge = (call) => {
  const { name, span } = call;
  const { given, operands, reasons } = readFlags(call, {
    flags: `-h: -p: -n: -u: -a: -s: -23 --user= --pass= --tls --cacert: --sni: --raw --no-raw --csv --json
      --no-auth-warning --scan --pattern= --count= --bigkeys --memkeys --hotkeys --latency --stat -i: --version -v`,
    changing: { '--pipe --cluster': change('sends commands of its own') },
    stopsAtOperand: true,
  });
  const isScan = given.some(({ flag }) =>
    /^--(?:scan|bigkeys|memkeys|hotkeys|latency|stat|version)$/.test(flag),
  );
  const [first, second] = operands.map(({ text }) => text?.toLowerCase() ?? '');
  if (first === undefined)
    return isScan
      ? reasons
      : [...reasons, unsure(`${name} alone takes commands from its input`, span)];
  if (READS.has(first) || READ_PARTS[first]?.test(second ?? '') === true) return reasons;
  const isLoss = REMOVES.test(first) || (first === 'client' && second === 'kill');
  return isLoss
    ? [...reasons, known('destructive', `${name} ${first} removes data or ends something`, span)]
    : [...reasons, unsure(`${name} ${first} is not known to only read`, span)];
};
