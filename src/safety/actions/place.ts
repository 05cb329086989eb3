import type { Scope } from '#runbook/expression/cel.ts';
import { type Rendered, renderText, type Template } from '#runbook/expression/template.ts';
import type { PlaceDefinition } from '#runbook/model/target-definition.ts';
import { parseSshDestination } from './ssh-destination.ts';

/** The address of a machine or container where scripts run, other than this machine. */
export type Place =
  | {
      readonly kind: 'ssh';
      /** `[user@]host`, an alias of the operator's ssh configuration, or `ssh://[user@]host[:port]`. */
      readonly destination: string;
    }
  | {
      readonly kind: 'docker';
      /** The container's name or ID. */
      readonly container: string;
    }
  | {
      readonly kind: 'kubernetes';
      /** Undefined fields come from the operator's kubeconfig. */
      readonly context?: string | undefined;
      readonly namespace?: string | undefined;
      readonly workload: { readonly kind: 'pod' | 'deployment'; readonly name: string };
      readonly container?: string | undefined;
    };

type Word = (template: Template) => string;

/** Renders the address of a place. Returns a reason if it has none, or if no client may be given it. */
export function renderPlace(definition: PlaceDefinition, scope: Scope): Rendered<Place> {
  let reason: string | undefined;
  const word: Word = (template) => {
    const rendered = renderText(template, scope);
    const text = rendered.ok ? rendered.value.trim() : '';
    if (!rendered.ok) reason ??= rendered.reason;
    else if (text === '') reason ??= 'it is empty';
    else if (UNSAFE.test(text)) reason ??= REFUSED;
    return text;
  };
  const place = placeOf(definition, word);
  if (reason === undefined && place.kind === 'ssh' && !parseSshDestination(place.destination))
    reason =
      'ssh can reach no such place: write user@host, ssh://user@host:port, or a Host of your ssh configuration';
  return reason === undefined ? { ok: true, value: place } : { ok: false, reason };
}

function placeOf(definition: PlaceDefinition, word: Word): Place {
  if (definition.kind === 'ssh') return { kind: 'ssh', destination: word(definition.ssh) };
  if (definition.kind === 'docker')
    return { kind: 'docker', container: word(definition.container) };
  const { context, namespace, workload, container } = definition;
  return {
    kind: 'kubernetes',
    context: context && word(context),
    namespace: namespace && word(namespace),
    workload: { kind: workload.kind, name: word(workload.name) },
    container: container && word(container),
  };
}

/**
 * A word that a client would take for an option (a leading dash), or with a sign of the shell: ssh passes
 * an address to a shell if its configuration has a command such as ProxyCommand.
 */
const UNSAFE = /^-|[\p{Cc}\s'"`$\\;&|<>(){}*?!]/u;

const REFUSED =
  'a part of it begins with a dash, or holds a space, a control character or a sign of the shell';

/** The description of the target that is this machine. */
export const THIS_MACHINE = 'this machine';

/** Describes a place for people, e.g. `ssh oncall@shop-1` or `kubernetes prod/shop deployment/orders (app)`. */
export function describePlace(place: Place): string {
  if (place.kind === 'ssh') return `ssh ${place.destination}`;
  if (place.kind === 'docker') return `docker ${place.container}`;
  const { context, namespace, workload, container } = place;
  const scope = [context, namespace].filter((part) => part !== undefined).join('/');
  const words = ['kubernetes', scope, `${workload.kind}/${workload.name}`];
  if (container !== undefined) words.push(`(${container})`);
  return words.filter((word) => word !== '').join(' ');
}
