import { judgeComposeExec, judgeContainerExec } from '../commands/remote.ts';
import type { Judge, Rules } from '../judging.ts';
import { change, changes, destructive, flagged, harmless, verbs } from '../rule.ts';

const STOPS = changes(destructive('takes containers down'));
const REMOVES = changes(destructive('removes it'));
const CHANGES = changes(change('changes what runs'));

const OTHERS = { 'create update connect import load tag promote demote': CHANGES } as const;
const GONE = { 'rm remove prune disconnect leave': REMOVES } as const;

const COMPOSE = verbs({
  flags: '-f: -p: --file= --project-name= --project-directory= --profile= --env-file= --ansi=',
  verbs: {
    'ps logs top images ls port version events stats': harmless,
    config: flagged({
      flags:
        '-q --quiet --services --volumes --images --profiles --format= --hash= --no-interpolate',
      changing: { '-o: --output=': change('writes a file') },
    }),
    exec: judgeComposeExec,
    'down stop restart kill rm pause': STOPS,
    'up start create build pull push run unpause scale cp watch': CHANGES,
  },
});

/** `looks` judges the reading verbs: for podman, flags after the verb can also name its runtime. */
const containers = (looks: Judge): Judge =>
  verbs({
    flags: '-c: -l: -D --context= --log-level= --debug',
    verbs: {
      'ps logs inspect images version info stats top port diff events history search wait': looks,
      exec: judgeContainerExec,
      'container pod': verbs({
        flags: '',
        verbs: {
          'ls list ps logs inspect top port stats diff wait': looks,
          exec: judgeContainerExec,
          'rm stop kill restart prune pause': STOPS,
          'start create run rename update cp commit attach export unpause': CHANGES,
        },
      }),
      image: verbs({
        flags: '',
        verbs: {
          'ls list inspect': looks,
          history: looks,
          ...GONE,
          ...OTHERS,
          'build pull push save': CHANGES,
        },
      }),
      'network volume config secret plugin': verbs({
        flags: '',
        verbs: { 'ls list inspect': looks, ...GONE, ...OTHERS },
      }),
      'buildx builder': verbs({
        flags: '',
        verbs: { 'ls version du': looks, ...GONE, build: CHANGES },
      }),
      'node service stack': verbs({
        flags: '',
        verbs: {
          'ls list inspect': looks,
          'ps logs services': looks,
          ...GONE,
          ...OTHERS,
          'scale rollback deploy': CHANGES,
        },
      }),
      system: verbs({ flags: '', verbs: { 'df info events': looks, prune: REMOVES } }),
      context: verbs({
        flags: '',
        verbs: { 'ls list show inspect': looks, 'use create update import': CHANGES, rm: REMOVES },
      }),
      swarm: verbs({ flags: '', verbs: { leave: REMOVES, 'init join update unlock': CHANGES } }),
      compose: COMPOSE,
      'rm stop kill restart pause': STOPS,
      rmi: REMOVES,
      [`run start create build pull push tag commit cp rename update attach import load save export login
      logout unpause`]: CHANGES,
    },
  });

/** Commands that inspect and control containers. */
export const CONTAINERS: Rules = {
  'docker nerdctl': containers(harmless),
  podman: containers(
    flagged({
      flags: `-a -q -n: -l -s -f: -t -p --filter= --format= --no-trunc --all --quiet --latest --last= --size
        --timestamps --tail= --since= --until= --details --no-stream --no-reset --type= --digests --pod
        --sort= --namespace --sync --noheading`,
    }),
  ),
  'docker-compose podman-compose': COMPOSE,
  crictl: verbs({
    flags: '-r: -t: --runtime-endpoint= --timeout=',
    verbs: {
      'ps inspect inspecti inspectp images img pods stats statsp info version imagefsinfo':
        harmless,
      logs: flagged({
        flags: '-ftp --follow --timestamps --previous --tail= --since= --limit-bytes=',
        changing: { '-r --reopen': change('makes its log file again') },
      }),
      exec: judgeContainerExec,
      'rm rmi rmp stop stopp': STOPS,
      'create run runp start pull update': CHANGES,
    },
  }),
};
