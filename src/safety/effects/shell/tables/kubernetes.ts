import { judgePodExec } from '../commands/remote.ts';
import type { FlagSpec } from '../flags.ts';
import type { Judge, Rules } from '../judging.ts';
import {
  change,
  changes,
  destructive,
  either,
  flagged,
  type OperandSpec,
  unknown,
  verbs,
} from '../rule.ts';

// Another configuration can run a program, and another server receives the token.
const EVERYWHERE = `-n: -v: --namespace= --context= --cluster= --user= --request-timeout= --as=
  --as-group= --match-server-version --warnings-as-errors`;

const READS: FlagSpec & OperandSpec = {
  flags: `${EVERYWHERE} -A -w -R -c: -f: -l: -L: -o: -p --all-namespaces? --watch? --watch-only? --output=
    --selector= --field-selector= --label-columns= --show-labels? --show-kind? --show-managed-fields?
    --no-headers? --sort-by= --chunk-size= --ignore-not-found? --output-watch-events? --raw= --recursive?
    --filename= --subresource= --template= --show-events? --container= --all-containers? --previous?
    --since= --since-time= --tail= --timestamps? --prefix? --follow? --max-log-requests=
    --limit-bytes= --pod-running-timeout= --containers? --sum? --api-version= --api-group= --cached?
    --namespaced? --verbs= --categories= --client --short --all-pods? --for= --types= --timeout=
    --revision= --minify? --flatten? --list --quiet`,
  values: {
    '--raw': /^\/(?:healthz|livez|readyz|metrics|version)(?:\/[\w-]+)*(?:\?verbose)?$/,
  },
};

const REMOVES = changes(destructive('takes pods down or removes objects'));
const CHANGES = changes(change('changes the cluster'));

/**
 * Makes a judge that proves a change with `--dry-run=client`. A server that answers a dry run calls
 * its admission webhooks first.
 */
const unlessDry = (otherwise: Judge): Judge =>
  either(
    flagged({
      flags: `${EVERYWHERE} -f: -l: -o: -R -p: --filename= --output= --selector= --recursive --all --patch=
        --dry-run= --replicas= --image= --type= --overwrite --ignore-daemonsets`,
      needs: '--dry-run',
      values: { '--dry-run': /^client$/ },
    }),
    otherwise,
  );

/** Commands that inspect and control a Kubernetes cluster. */
export const KUBERNETES: Rules = {
  'kubectl oc': verbs({
    flags: EVERYWHERE,
    verbs: {
      'get describe top explain api-resources api-versions version events wait': flagged(READS),
      logs: flagged({ ...READS, flags: READS.flags.replace(' -f:', ' -f') }),
      'cluster-info': flagged({ ...READS, most: 0 }),
      rollout: verbs({
        flags: EVERYWHERE,
        verbs: {
          'status history': flagged(READS),
          'restart undo': REMOVES,
          'pause resume': CHANGES,
        },
      }),
      config: verbs({
        flags: EVERYWHERE,
        verbs: {
          'view current-context get-contexts get-clusters get-users': flagged(READS),
          'use-context set-context set-cluster set-credentials set unset rename-context delete-context delete-cluster delete-user':
            CHANGES,
        },
      }),
      auth: verbs({ flags: EVERYWHERE, verbs: { 'can-i whoami': flagged(READS) } }),
      exec: judgePodExec({
        flags: `${EVERYWHERE} -it -c: -q --stdin --tty --container= --quiet --pod-running-timeout=`,
      }),
      'delete drain scale': unlessDry(REMOVES),
      evict: REMOVES,
      'apply create patch label annotate cordon uncordon taint': unlessDry(CHANGES),
      // It sends the objects as a dry run, and runs a program of the host.
      diff: unknown('is answered by the webhooks of the cluster'),
      'replace edit set expose autoscale run cp debug certificate adm new-app start-build import':
        CHANGES,
    },
  }),
  helm: verbs({
    flags: '-n: --namespace= --kube-context= --debug',
    verbs: {
      'list ls status history hist version env': flagged({
        flags: `-n: -A -a -l: -o: -q -f: -m: --namespace= --all-namespaces --all --selector= --output=
          --short --filter= --max= --revision= --failed --deployed --pending --superseded
          --kube-context= --time-format=`,
      }),
      get: verbs({
        flags: '-n: --namespace= --kube-context=',
        verbs: {
          'all values manifest notes hooks metadata': flagged({
            flags: '-n: -a -o: --namespace= --all --output= --revision= --kube-context=',
          }),
        },
      }),
      'uninstall delete del un rollback': REMOVES,
      'install upgrade repo dependency push pull package plugin': CHANGES,
    },
  }),
  'kubectx kubens': flagged({
    flags: '-c',
    most: 0,
    otherwise: change('changes where later commands go'),
  }),
};
