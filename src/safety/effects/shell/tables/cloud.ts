import { judgeAws } from '../commands/aws.ts';
import type { Judge, Rules } from '../judging.ts';
import { change, changes, destructive, flagged, orLoss, verbs } from '../rule.ts';

const LOSES =
  /^(?:delete|destroy|purge|remove|stop|deallocate|restart|reset|failover)(?:-[a-z-]+)?$/;

const READS = flagged({
  flags: `-g: -n: -o: --project= --format= --filter= --limit= --region= --zone= --sort-by= --page-size=
    --instance= --freshness= --order= --account= --quiet --verbosity= --resource-group= --name=
    --output= --query= --subscription= --server-name=`,
});

const CLOUD_VERBS = verbs({
  flags: '--project= --subscription= --quiet',
  verbs: {
    'list describe show read tail': READS,
    'delete stop restart reset failover': changes(
      destructive('takes something down or removes it'),
    ),
    'create update patch start set add import clone promote-replica': changes(
      change('changes something'),
    ),
  },
});

const group = (names: string): Judge => verbs({ flags: '', verbs: { [names]: CLOUD_VERBS } });

/** Command lines of cloud providers. */
export const CLOUD: Rules = {
  aws: judgeAws,
  gcloud: orLoss(
    LOSES,
    verbs({
      flags: '--project= --quiet',
      verbs: {
        sql: group('instances databases users operations backups flags'),
        compute: group(
          'instances networks firewall-rules addresses forwarding-rules backend-services',
        ),
        container: group('clusters node-pools operations'),
        'logging projects': CLOUD_VERBS,
        'config auth': verbs({ flags: '', verbs: { list: READS } }),
        'info version': flagged({ flags: '--format= --show-log --anonymize', most: 0 }),
      },
    }),
  ),
  az: orLoss(
    LOSES,
    verbs({
      flags: '',
      verbs: {
        'postgres mysql mariadb': group('flexible-server server'),
        'account group vm': CLOUD_VERBS,
      },
    }),
  ),
  gsutil: orLoss(
    LOSES,
    verbs({
      flags: '-q',
      verbs: {
        'ls stat du version': flagged({ flags: '-lLrbahs' }),
        'rm rb': changes(destructive('removes it')),
        'cp mv rsync mb': changes(change('changes what is stored')),
      },
    }),
  ),
};
