import type { AlertsConfig } from '#alerts/config/schema.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { AccessPolicy } from './access.ts';
import type { Channel } from './notify/channel.ts';
import type { NotifyRule } from './notify/outbox.ts';
import type { Retention } from './retention.ts';

/** An environment of the server; its secrets are known to workers only. */
export type ServerEnvironment = {
  /** The label of the workers that execute its runs. */
  readonly label: string;
  /** The most open runs of a runbook that alerts may start. */
  readonly maxOpen: number;
  /** The time after which a run that waits for a person is parked; the worker's own if undefined. */
  readonly holdMs: number | undefined;
};

/** The alerts of a server with the runbooks that its routes name, and the secrets by source. */
export type ServerAlerts = {
  readonly config: AlertsConfig;
  readonly runbooks: ReadonlyMap<string, Runbook>;
  readonly secrets: ReadonlyMap<string, readonly string[]>;
};

/** The config of a server that serves pages. */
export type ServerConfig = {
  /** The address under which people reach the server. */
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  /** Undefined without a file: every environment is allowed. */
  readonly environments: ReadonlyMap<string, ServerEnvironment> | undefined;
  readonly alerts: ServerAlerts | undefined;
  /** Undefined without a file: what is built in. */
  readonly policy: AccessPolicy | undefined;
  /** The ways to people outside, by name. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly notify: readonly NotifyRule[];
  readonly retention: Retention;
};

/** The label of workers and environments that name none. */
export const DEFAULT_LABEL = 'default';
