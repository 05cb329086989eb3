import type { ServerEngine } from '#runbook/model/engines.ts';
import type { UrlParts } from '#text/url.ts';

/**
 * A finding about a connection URL. An `error` makes it unusable for every client; a `warning`
 * makes it unusable for some, or misleading; `info` is a difference between clients.
 */
export type Finding = {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly hint: string | null;
};

/** A connection URL to check. */
export type Subject = {
  readonly engine: ServerEngine;
  readonly parts: UrlParts;
  /** Decoded, in order, including repeated ones. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
};

/** Returns an `error` finding. */
export function fault(code: string, message: string, hint: string | null = null): Finding {
  return { code, severity: 'error', message, hint };
}

/** Returns a `warning` finding. */
export function warning(code: string, message: string, hint: string | null = null): Finding {
  return { code, severity: 'warning', message, hint };
}

/** Returns an `info` finding. */
export function remark(code: string, message: string, hint: string | null = null): Finding {
  return { code, severity: 'info', message, hint };
}

/** Returns whether a host is the machine the client runs on. */
export function isLoopback(host: string): boolean {
  return host === '' || host === 'localhost' || host === '::1' || host.startsWith('127.');
}
