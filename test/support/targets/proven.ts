/** A fault on a real target that tests solve with a shipped runbook, to its outcome. */
export type ProvenFault = {
  readonly target: 'Docker' | 'Docker Compose' | 'systemd';
  readonly runbook: string;
  /** What is broken, as a sentence without its full stop. */
  readonly fault: string;
  /** The command that the gate of the runbook offers; undefined where a person does it by hand. */
  readonly command?: string;
};

/** Every such fault, by the name of its test; `docs/reference/real-targets.md` is made from it. */
export const PROVEN_FAULTS = {
  'docker-stopped': {
    target: 'Docker',
    runbook: 'refused',
    fault: 'The container of the database is stopped',
    command: 'docker start',
  },
  'docker-paused': {
    target: 'Docker',
    runbook: 'timeout',
    fault: 'The container of the database is paused',
    command: 'docker unpause',
  },
  'docker-terminated': {
    target: 'Docker',
    runbook: 'stale-connections',
    fault: 'The sessions of the application were terminated, and it does not notice',
    command: 'docker restart',
  },
  'compose-stopped': {
    target: 'Docker Compose',
    runbook: 'refused',
    fault: 'The service of the database is stopped',
    command: 'docker compose start',
  },
  'compose-shutting-down': {
    target: 'Docker Compose',
    runbook: 'server-not-ready',
    fault: 'The database shuts down, and waits for a client that stays',
    command: 'docker compose restart',
  },
  'compose-terminated': {
    target: 'Docker Compose',
    runbook: 'stale-connections',
    fault: 'The sessions of the application were terminated, and it does not notice',
    command: 'docker compose restart',
  },
  'compose-wrong-url': {
    target: 'Docker Compose',
    runbook: 'config',
    fault: 'The URL of the application has no host',
    command: 'docker compose up --detach --no-deps --force-recreate',
  },
  'compose-leak': {
    target: 'Docker Compose',
    runbook: 'pool-exhausted',
    fault: 'An application does not return its connections',
  },
  'systemd-instance-stopped': {
    target: 'systemd',
    runbook: 'refused',
    fault: 'The instance behind the unit postgresql.service is stopped, and that unit stays active',
    command: 'systemctl start',
  },
  'systemd-shutting-down': {
    target: 'systemd',
    runbook: 'server-not-ready',
    fault: 'The database shuts down, and waits for a client that stays',
    command: 'systemctl restart',
  },
  'systemd-wrong-url': {
    target: 'systemd',
    runbook: 'config',
    fault: 'The URL of the application has no host',
    command: 'systemctl restart',
  },
} as const satisfies Readonly<Record<string, ProvenFault>>;

/** The name of a proven fault. */
export type ProvenName = keyof typeof PROVEN_FAULTS;
