import { judgeMongo } from '../commands/mongo.ts';
import { judgeRedis } from '../commands/redis.ts';
import type { Judge, Rules } from '../judging.ts';
import {
  change,
  changes,
  destructive,
  either,
  flagged,
  oneLine,
  shows,
  unknown,
  verbs,
} from '../rule.ts';

const REMOVES = changes(destructive('removes it or takes it out of service'));
const CHANGES = changes(change('changes it'));

/** Returns a judge for a Kafka tool, which reads with one of the flags in `looks`. */
const kafka = (looks: string, flags: string): Judge =>
  flagged({
    style: 'whole',
    flags: `${looks} ${flags} --bootstrap-server: --zookeeper: --timeout:`,
    changing: {
      '--delete --execute': destructive('removes or moves data'),
      '--alter --create': change('changes the cluster'),
    },
    needs: looks,
    most: 0,
  });

const KAFKA_TOPICS = kafka(
  '--list --describe',
  '--topic: --under-replicated-partitions --unavailable-partitions --topics-with-overrides --exclude-internal',
);
const KAFKA_GROUPS = kafka(
  '--list --describe',
  '--group: --all-groups --members --state --offsets --verbose',
);
const KAFKA_CONFIGS = kafka('--describe', '--entity-type: --entity-name: --all');

const RABBIT: Judge = verbs({
  flags: '-n: -q -s -t: --node= --quiet --silent --timeout=',
  verbs: {
    [`list_queues list_connections list_channels list_consumers list_exchanges list_bindings list_users
      list_vhosts list_permissions list_policies list_parameters list_unresponsive_queues
      list_feature_flags status cluster_status version ping alarms listeners memory_breakdown
      check_running check_local_alarms check_alarms check_port_connectivity check_virtual_hosts`]:
      flagged({
        flags:
          '-n: -q -s -p: -t: --node= --quiet --silent --vhost= --timeout= --formatter= --local --online',
        like: /^\w+$/,
      }),
    [`delete_queue purge_queue stop stop_app shutdown reset force_reset delete_user delete_vhost
      close_connection close_all_connections close_all_user_connections forget_cluster_node clear_policy
      clear_permissions rotate_logs`]: REMOVES,
    'start_app add_user change_password set_policy set_permissions set_vm_memory_high_watermark add_vhost':
      CHANGES,
  },
});

const VAULT_SPEC = {
  style: 'whole',
  flags: '-format: -namespace: -field: -mount: -version: -detailed',
  like: /^[\w/.-]+$/,
} as const;
const VAULT_READS = flagged(VAULT_SPEC);

/** A path, or a mount, of stored values: other engines make a credential for whoever reads them. */
const STORED = /^(?!.*\.\.)(?:secrets?|kv[-\w]*)(?:\/(?!.*creds\/)[\w/.-]*)?$/;
const VAULT_VALUE = flagged({ ...VAULT_SPEC, like: STORED, values: { '-mount': /^$/ } });
const VAULT_MOUNTED = flagged({
  ...VAULT_SPEC,
  like: /^(?!.*(?:creds\/|\.\.))[\w/.-]+$/,
  needs: '-mount',
  values: { '-mount': /^(?:secrets?|kv[-\w]*)\/?$/ },
});

const CONSUL_READS = flagged({
  style: 'whole',
  flags: '-wan -detailed -status: -segment: -datacenter: -recurse -keys -format:',
});

const TERRAFORM_READS = flagged({ style: 'whole', flags: '-json -no-color -raw' });

/** Commands of key-value stores, brokers, monitoring and provisioning. */
export const STORES: Rules = {
  'redis-cli valkey-cli': oneLine(judgeRedis),
  'mongosh mongo': judgeMongo,
  'kafka-topics kafka-topics.sh': KAFKA_TOPICS,
  'kafka-consumer-groups kafka-consumer-groups.sh': KAFKA_GROUPS,
  'kafka-configs kafka-configs.sh': KAFKA_CONFIGS,
  'kafka-delete-records kafka-delete-records.sh': REMOVES,
  'rabbitmqctl rabbitmq-diagnostics': RABBIT,
  rabbitmqadmin: verbs({
    flags: '',
    verbs: { 'delete purge close': REMOVES, 'declare publish': CHANGES },
  }),
  etcdctl: verbs({
    flags: '--endpoints= --cacert= --cert= --key= -w: --write-out=',
    verbs: {
      get: flagged({ flags: '--prefix --keys-only --limit= --count-only -w: --write-out=' }),
      'endpoint member alarm': verbs({
        flags: '',
        verbs: {
          'health status hashkv list': flagged({ flags: '--cluster -w: --write-out=' }),
          'remove disarm add update': REMOVES,
        },
      }),
      version: flagged({ flags: '', most: 0 }),
      'del defrag compaction': REMOVES,
      put: CHANGES,
    },
  }),
  promtool: verbs({
    flags: '',
    verbs: {
      query: verbs({
        flags: '-o: --format=',
        verbs: {
          'instant range series labels': flagged({
            flags: '-o: --format= --start= --end= --step= --match= --time=',
          }),
        },
      }),
      check: verbs({
        flags: '',
        verbs: {
          'config rules metrics healthy ready web-config': flagged({
            flags: '--lint= --lint-fatal --syntax-only --agent --url=',
          }),
        },
      }),
      tsdb: unknown('tsdb is not known to only read'),
    },
  }),
  amtool: verbs({
    flags: '--alertmanager.url= -o: --output= --timeout=',
    verbs: {
      alert: verbs({
        flags: '--alertmanager.url= -o: --output=',
        alone: shows,
        verbs: {
          query: flagged({
            flags:
              '-a -s -i -u --alertmanager.url= -o: --output= --receiver= --active --silenced --inhibited',
          }),
          add: CHANGES,
        },
      }),
      silence: verbs({
        flags: '--alertmanager.url= -o: --output=',
        alone: shows,
        verbs: {
          query: flagged({
            flags: '-q --quiet --expired --within= --created-by= --alertmanager.url= -o: --output=',
          }),
          expire: REMOVES,
          'add import update': CHANGES,
        },
      }),
      'check-config': flagged({ flags: '', most: 1 }),
    },
  }),
  vault: verbs({
    flags: '',
    verbs: {
      'status version': VAULT_READS,
      kv: verbs({
        flags: '',
        verbs: {
          get: either(VAULT_MOUNTED, VAULT_VALUE),
          list: VAULT_READS,
          'delete destroy': REMOVES,
          metadata: verbs({ flags: '', verbs: { 'get list': VAULT_READS, delete: REMOVES } }),
          'put patch undelete rollback enable-versioning': CHANGES,
        },
      }),
      'token auth secrets policy': verbs({
        flags: '',
        verbs: {
          'lookup list capabilities': VAULT_READS,
          'revoke disable delete': REMOVES,
          'create renew enable tune write move': CHANGES,
        },
      }),
      operator: verbs({
        flags: '',
        verbs: {
          'seal step-down rekey generate-root init migrate': REMOVES,
          raft: verbs({ flags: '', verbs: { 'list-peers': VAULT_READS, 'remove-peer': REMOVES } }),
          unseal: CHANGES,
        },
      }),
      lease: verbs({ flags: '', verbs: { revoke: REMOVES, renew: CHANGES } }),
      delete: REMOVES,
      write: CHANGES,
    },
  }),
  consul: verbs({
    flags: '',
    verbs: {
      'members info version': CONSUL_READS,
      catalog: verbs({ flags: '', verbs: { 'nodes services datacenters': CONSUL_READS } }),
      kv: verbs({
        flags: '',
        verbs: { get: CONSUL_READS, delete: REMOVES, 'put import': CHANGES },
      }),
      operator: verbs({
        flags: '',
        verbs: {
          raft: verbs({ flags: '', verbs: { 'list-peers': CONSUL_READS, 'remove-peer': REMOVES } }),
        },
      }),
      services: verbs({ flags: '', verbs: { deregister: REMOVES, register: CHANGES } }),
      snapshot: verbs({ flags: '', verbs: { restore: REMOVES } }),
      'leave force-leave': REMOVES,
      'maint reload join': CHANGES,
    },
  }),
  // `plan` runs the programs of data sources and locks the state.
  'terraform tofu': verbs({
    flags: '',
    verbs: {
      'version show output': TERRAFORM_READS,
      state: verbs({
        flags: '',
        verbs: { 'list show': TERRAFORM_READS, 'rm push replace-provider': REMOVES, mv: CHANGES },
      }),
      workspace: verbs({
        flags: '',
        verbs: { 'show list': TERRAFORM_READS, delete: REMOVES, 'new select': CHANGES },
      }),
      'destroy force-unlock': REMOVES,
      apply: (call, judging) =>
        (call.words.some(({ text }) => /^--?destroy/.test(text ?? '')) ? REMOVES : CHANGES)(
          call,
          judging,
        ),
      'taint untaint import refresh': CHANGES,
    },
  }),
  terragrunt: verbs({ flags: '', verbs: { 'destroy destroy-all': REMOVES, apply: CHANGES } }),
  nodetool: verbs({
    flags: '-h: -p: -u: -pw:',
    verbs: {
      [`status info ring describecluster tpstats compactionstats gossipinfo netstats tablestats cfstats
        proxyhistograms version`]: flagged({ flags: '-r --resolve-ip -F: --format=' }),
      [`decommission removenode assassinate drain stop stopdaemon clearsnapshot truncatehints
        disablegossip disablebinary`]: REMOVES,
      'repair cleanup compact flush scrub upgradesstables rebuild snapshot enablebinary': CHANGES,
    },
  }),
};
