import { connecting } from '../commands/connection-text.ts';
import { judgeMysqladmin, judgeMysqlClient, judgePsql } from '../commands/database-clients.ts';
import { judgeCluster } from '../commands/service-verbs.ts';
import type { Rules } from '../judging.ts';
import { byFlags, change, changes, destructive, flagged, oneLine, verbs } from '../rule.ts';

const REMOVES = changes(destructive('removes it'));
const CHANGES = changes(change('changes the server'));

/** Clients and tools of database servers. */
export const DATABASES: Rules = {
  psql: judgePsql,
  'mysql mariadb': judgeMysqlClient,
  'mysqladmin mariadb-admin': judgeMysqladmin,
  pg_isready: oneLine(
    connecting({
      flags: '-h: -p: -U: -d: -t: -q --host= --port= --username= --dbname= --timeout= --quiet',
    }),
  ),
  ...byFlags(`pg_lsclusters | -hjs --no-header --json --start-conf; pg_controldata | -D: --pgdata=;
    pg_config | --bindir --libdir --sharedir --sysconfdir --pkglibdir --includedir --configure --cc --cflags --libs`),
  pg_waldump: flagged({
    flags: `-bfqwxz? -p: -n: -s: -e: -t: -r: -R: -B: -F: --path= --limit= --start= --end= --timeline=
      --rmgr= --relation= --bkp-details --stats? --quiet`,
    changing: { '--save-fullpage=': change('writes files') },
  }),
  pg_ctl: verbs({
    flags: '-D: -s --pgdata=',
    verbs: {
      status: flagged({ flags: '-D: --pgdata=' }),
      'stop restart promote kill': changes(destructive('ends all sessions')),
      'start reload init initdb logrotate': CHANGES,
    },
  }),
  pg_ctlcluster: judgeCluster,
  'dropdb dropuser pg_resetwal pg_dropcluster pg_rewind pg_archivecleanup': REMOVES,
  [`createdb createuser vacuumdb reindexdb clusterdb pg_createcluster pg_upgrade pgbench
    initdb pg_basebackup pg_receivewal pg_recvlogical mysql_upgrade mariadb-upgrade mysqlcheck
    mariadb-check mysqlimport mariadb-import`]: CHANGES,
  patronictl: verbs({
    flags: '-c: -d: -k --config-file=',
    verbs: {
      'list topology show-config history version dsn': flagged({
        flags:
          '-f: -e -t -W -w: -r: -m: --format= --extended --timestamp --role= --member= --group= --watch=',
      }),
      'failover switchover restart reinit remove': changes(
        destructive('moves or ends the primary'),
      ),
      'pause resume reload edit-config flush': CHANGES,
    },
  }),
  repmgr: verbs({
    flags: '-f: --config-file=',
    verbs: {
      cluster: verbs({
        flags: '',
        verbs: {
          'show event': flagged({ flags: '-f: --compact --csv --all --config-file=' }),
        },
      }),
    },
  }),
  pgbackrest: verbs({
    flags: '--stanza= --log-level-console= --output=',
    verbs: {
      info: flagged({ flags: '--stanza= --output= --set= --repo=', most: 0 }),
      version: flagged({ flags: '', most: 0 }),
      'stop expire stanza-delete restore': changes(destructive('removes or overwrites data')),
      'backup start stanza-create stanza-upgrade': CHANGES,
    },
  }),
};
