import { judgeComposeExec, judgeContainerExec } from '../commands/remote.ts';
import type { Judge, Rules } from '../judging.ts';
import { change, changes, destructive, flagged, verbs } from '../rule.ts';

const STOPS = changes(destructive('takes containers down'));
const REMOVES = changes(destructive('removes it'));
const CHANGES = changes(change('changes what runs'));

const OTHERS = { 'create update connect import load tag promote demote': CHANGES } as const;
const GONE = { 'rm remove prune disconnect leave': REMOVES } as const;

const LOOKS = `-a -q -n: -l -s -f: -t -p --filter= --format= --no-trunc --all --quiet --latest --last= --size
  --timestamps --follow --tail= --since= --until= --details --no-stream --no-reset --type= --digests --pod --sort=
  --namespace --sync --noheading -v --limit= --human? --raw --no-resolve --no-task-ids --verbose --tree`;
const COMPOSE_LOOKS = `-a -q -f -t -n: --all --quiet --services --status= --orphans? --format= --filter= --no-trunc --follow
  --timestamps --tail= --since= --until= --no-color --no-log-prefix --index= --protocol= --json --short --no-stream`;
const SHOWN = flagged({ flags: `${LOOKS} -H`, takesAny: true });
/** Of another client, a flag after the verb may also name its runtime or its server. */
const SHOWN_STRICTLY = flagged({ flags: LOOKS });
/** After the container come words of `ps`. */
const TOP = flagged({ flags: '', stopsAtOperand: true });

const COMPOSE = verbs({
  flags: '-f: -p: --file= --project-name= --project-directory= --profile= --env-file= --ansi=',
  verbs: {
    'ps logs images ls port version events stats': flagged({
      flags: COMPOSE_LOOKS,
      takesAny: true,
    }),
    top: TOP,
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

/** `looks` judges the reading verbs. */
const containers = (looks: Judge): Judge =>
  verbs({
    flags: '-c: -l: -D --context= --log-level= --debug',
    verbs: {
      'ps logs inspect images version info stats port diff events history search wait': looks,
      top: TOP,
      exec: judgeContainerExec,
      'container pod': verbs({
        flags: '',
        verbs: {
          'ls list ps logs inspect port stats diff wait': looks,
          top: TOP,
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
  docker: containers(SHOWN),
  'nerdctl podman': containers(SHOWN_STRICTLY),
  'docker-compose podman-compose': COMPOSE,
  crictl: verbs({
    flags: '-r: -t: --runtime-endpoint= --timeout=',
    verbs: {
      'ps inspect inspecti inspectp images img pods stats statsp info version imagefsinfo': flagged(
        {
          flags: `-a -q -o: -s: -l -n: -p: -r -t: -v --all --quiet --output= --state= --name= --image= --label=
          --pod= --no-trunc --latest --last= --template= --namespace= --id= --digests`,
        },
      ),
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
