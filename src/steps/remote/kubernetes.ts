import { describePlace, type Place } from '#safety/actions/place.ts';
import type { ErrorRule } from '../wire/network-error.ts';
import type { Answering, Client } from './client.ts';
import { NO_BASH, NO_LOOKUP } from './client-error.ts';
import { asked, CONTAINER } from './look.ts';

type Pod = Omit<Extract<Place, { readonly kind: 'kubernetes' }>, 'kind'>;

/**
 * Returns a kubectl client for a pod, or for a deployment: there kubectl chooses a pod for every
 * read, and a change runs in the one that was confirmed.
 */
export function createKubernetesClient(pod: Pod): Client {
  const { context, namespace, workload, container } = pod;
  const place = describePlace({ kind: 'kubernetes', ...pod });
  const where = [
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
  ];
  const within = container === undefined ? [] : [`--container=${container}`];
  const callOf =
    (kind: string, name: string): Client['call'] =>
    (words, terminal) => {
      const how = [...(terminal ? ['-i', '-t'] : ['-i']), ...where, ...within];
      return { program: 'kubectl', words: ['exec', ...how, `${kind}/${name}`, '--', ...words] };
    };
  return {
    place,
    rules: KUBERNETES_RULES,
    call: callOf(workload.kind, workload.name),
    selfPortrait: CONTAINER,
    async identify(how) {
      const get = async (...words: readonly string[]) => {
        const command = ['kubectl', 'get', ...where, ...words, '--output=json'] as const;
        const client = { place, rules: KUBERNETES_RULES };
        const answer = await asked(client, command, how);
        return 'error' in answer ? answer : { object: JSON.parse(answer.stdout) as KubeObject };
      };
      const found = await get(`${workload.kind}/${workload.name}`);
      if ('error' in found) {
        if (workload.kind !== 'pod' || found.error.kind !== 'no_permission') return found;
        const shown = 'a pod whose UID may not be read';
        return { said: '', shown, call: callOf('pod', workload.name) };
      }
      const { object } = found;
      if (workload.kind === 'pod') return podOf(object, callOf);
      const selector = Object.entries(object.spec?.selector?.matchLabels ?? {});
      const labels = selector.map(([name, value]) => `${name}=${value}`).join(',');
      const pods = await get('pods', `--selector=${labels}`);
      if ('error' in pods) return pods;
      const runs = (pods.object.items ?? []).filter(isRunning);
      const [first] = runs.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      if (first !== undefined) return podOf(first, callOf);
      return { error: { kind: 'refused', message: `no pod of ${place} is running` } };
    },
    async close() {},
  };
}

type KubeObject = {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
  readonly status?: { readonly phase?: string };
  readonly items?: readonly KubeObject[];
};

function isRunning({ metadata, status }: KubeObject): boolean {
  return status?.phase === 'Running' && metadata.deletionTimestamp === undefined;
}

function podOf(
  { metadata: { name, uid } }: KubeObject,
  callOf: (kind: string, name: string) => Client['call'],
): Answering {
  return { said: uid, shown: `pod ${name} (${uid})`, call: callOf('pod', name) };
}

/**
 * Rules for the messages of kubectl, the API server and the container runtime when a script cannot
 * run.
 */
export const KUBERNETES_RULES: readonly ErrorRule[] = [
  { text: NO_BASH, kind: 'not_found' },
  {
    text: /\(Forbidden\)|is forbidden:/,
    kind: 'no_permission',
    hint: 'kubectl auth can-i create pods/exec says whether you may.',
  },
  {
    text: /\(Unauthorized\)|You must be logged in|provide credentials|Please enter Username|getting credentials|token (?:has )?expired/,
    kind: 'auth',
    phase: 'auth',
    hint: 'Log in to the cluster again, and check kubectl config current-context.',
  },
  // The kubelet names a container that it does not run this way; that a pod has none of the name, kubectl says.
  {
    text: /cannot exec (?:in|into) (?:a container in )?a? ?(?:completed|stopped|deleted)|is not running|unable to upgrade connection: container not found|current phase is|waiting to start|ContainerCreating|CrashLoopBackOff/,
    kind: 'refused',
    hint: 'kubectl get pods and kubectl describe say what it is waiting for.',
  },
  {
    text: /container (?:\S+ )?(?:is )?not (?:found|valid)|is not valid for pod/,
    kind: 'not_found',
    hint: 'The pod has no container of that name.',
  },
  {
    text: /\(NotFound\)|" not found$|could not find the requested resource/,
    kind: 'not_found',
    hint: 'Is it the right context and namespace? kubectl get pods lists what there is.',
  },
  {
    text: /context was not found|context "[^"]*" does not exist|no configuration has been provided|invalid configuration|stat .*kubeconfig/,
    kind: 'config',
    hint: 'kubectl config get-contexts lists the contexts there are.',
  },
  { text: NO_LOOKUP, kind: 'dns', phase: 'dns' },
  { text: /x509:|tls:|certificate/, kind: 'tls', phase: 'tls' },
  {
    text: /i\/o timeout|deadline exceeded|TLS handshake timeout|Client\.Timeout|timed out waiting/,
    kind: 'timeout',
    phase: 'tcp',
  },
  { text: /no route to host|network is unreachable/, kind: 'unreachable', phase: 'tcp' },
  {
    text: /connection refused|was refused - did you specify/,
    kind: 'refused',
    phase: 'tcp',
    hint: 'Nothing listens there: is the API server up, and the context the right one?',
  },
  {
    text: /connection reset|error dialing backend|EOF|lost connection/,
    kind: 'reset',
    phase: 'tcp',
  },
];
