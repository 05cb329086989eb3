import type { Template } from '../expression/template.ts';
import type { Span } from '../yaml/source.ts';
import { type Engine, engineOfUrl } from './engines.ts';

/** A place where scripts run, other than this machine. */
export type PlaceDefinition =
  | {
      readonly kind: 'ssh';
      readonly name: string;
      readonly span: Span;
      /** `[user@]host`, an alias of the operator's ssh configuration, or `ssh://[user@]host[:port]`. */
      readonly ssh: Template;
    }
  | {
      readonly kind: 'docker';
      readonly name: string;
      readonly span: Span;
      /** A container's name or ID. */
      readonly container: Template;
    }
  | {
      readonly kind: 'kubernetes';
      readonly name: string;
      readonly span: Span;
      readonly context: Template | undefined;
      readonly namespace: Template | undefined;
      /** A pod, or a deployment from which kubectl picks one pod. */
      readonly workload: { readonly kind: 'pod' | 'deployment'; readonly name: Template };
      readonly container: Template | undefined;
    };

/** A place where a step can run. */
export type TargetDefinition =
  | { readonly kind: 'local'; readonly name: string; readonly span: Span }
  | PlaceDefinition
  | {
      readonly kind: 'database';
      readonly name: string;
      readonly span: Span;
      readonly engine: Engine | undefined;
      /** The connection URL. */
      readonly database: Template;
      /** The URL tried if the server has no ordinary slot left. */
      readonly reserve: Template | undefined;
      /** The owner of the login: a step waits for the operator if their login is rejected. */
      readonly login: 'operator' | 'application';
    };

/** Returns the engine of a database target, if the runbook declares it or writes the scheme of its URL. */
export function engineOfTarget(target: TargetDefinition | undefined): Engine | undefined {
  return target?.kind === 'database'
    ? (target.engine ?? engineOfUrl(target.database.text))
    : undefined;
}
