import type { Client } from './client.ts';
import { KUBERNETES_RULES } from './kubernetes-rules.ts';

/**
 * The place in a cluster where scripts run. Undefined fields come from the operator's kubeconfig.
 */
export type Pod = {
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
  readonly workload: { readonly kind: 'pod' | 'deployment'; readonly name: string };
  readonly container?: string | undefined;
};

/**
 * Returns a kubectl client for a pod, or for a deployment, where kubectl chooses a pod for every
 * script.
 */
export function createKubernetesClient(pod: Pod): Client {
  const { context, namespace, workload, container } = pod;
  const where = [
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ...(container === undefined ? [] : [`--container=${container}`]),
    `${workload.kind}/${workload.name}`,
  ];
  return {
    place: describePod(pod),
    rules: KUBERNETES_RULES,
    call(words, terminal) {
      const how = terminal ? ['-i', '-t'] : ['-i'];
      return { program: 'kubectl', words: ['exec', ...how, ...where, '--', ...words] };
    },
    async close() {},
  };
}

/** Describes a pod for people, e.g. `kubernetes prod/shop deployment/orders (app)`. */
export function describePod({ context, namespace, workload, container }: Pod): string {
  const scope = [context, namespace].filter((part) => part !== undefined).join('/');
  const words = ['kubernetes', scope, `${workload.kind}/${workload.name}`];
  if (container !== undefined) words.push(`(${container})`);
  return words.filter((word) => word !== '').join(' ');
}
