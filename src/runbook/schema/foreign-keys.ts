/** A group of keys of other tools, and what a runbook has instead. */
type Group = readonly [
  /** Keys of a runbook; the first that exists at the place is meant. */
  instead: string,
  /** Keys of other tools, in lower case without `_` and `-`. */
  foreign: string,
  /** The hint, if it is more than the key. */
  hint?: string,
];

/** Keys of GitHub Actions, Ansible, Argo, AWS documents and plain habit. */
const GROUPS: readonly Group[] = [
  ['summary why title', 'description desc about notes note comment doc details help'],
  ['description', 'desc help doc about prompt title label'],
  ['title name id', 'name label displayname heading'],
  ['id name', 'key slug stepid'],
  ['shell', 'command cmd run script bash sh exec execute commands args entrypoint ansible'],
  ['sql', 'query statement queries database db'],
  ['probe', 'check healthcheck ping http tcp dns tls'],
  ['manual', 'instruction instructions task todo action human do'],
  ['ask', 'prompt question input approval pause confirmation'],
  ['wait', 'sleep delay pause suspend'],
  ['runbook', 'uses include import call template workflow playbook includetasks role'],
  ['parallel', 'steps branches concurrent matrix'],
  ['finish', 'end exit stop done outcome return'],
  ['with', 'args arguments params parameters inputs vars variables'],
  ['inputs', 'args arguments params parameters vars variables variable input env values'],
  ['targets', 'hosts servers databases connections inventory target'],
  ['steps', 'tasks jobs stages actions spec plays templates mainsteps step'],
  ['severity', 'priority level urgency'],
  ['symptoms', 'alerts triggers signals matches patterns logs'],
  ['prerequisites', 'requires requirements preconditions before'],
  ['related', 'seealso links references runbooks'],
  ['if', 'when condition onlyif unless cond where rules case test'],
  ['on', 'host hosts target runson delegateto server connection where container'],
  ['env', 'environment vars variables'],
  ['cwd', 'workingdirectory workdir chdir dir directory'],
  ['stdin', 'input'],
  ['parse', 'format output'],
  ['timeout', 'timeoutminutes timeoutseconds timeoutms activedeadlineseconds deadline limit'],
  [
    'retry',
    'retries retrystrategy attempts maxattempts maxretries backofflimit',
    'write retry: { attempts: 3 }',
  ],
  ['for_each', 'foreach loop withitems items withparam withsequence each'],
  ['as', 'loopvar itemname var'],
  ['goto', 'then step next to target else jump nextstep transition'],
  ['finding', 'message text say result msg log conclusion summary description'],
  ['max_visits', 'maxloops maxiterations limit'],
  ['preview', 'dryrun plan before'],
  ['undo', 'rollback revert compensate rescue onrollback'],
  ['verify', 'check assert assertion validate postcondition test healthcheck'],
  ['expect', 'assert failedwhen successcondition expected'],
  ['until', 'condition successcondition expect if when'],
  ['within', 'timeout for deadline'],
  ['every', 'interval delay period pollinterval'],
  ['confirm', 'approval approve confirmation gate requireconfirmation'],
  ['effect', 'danger risk dangerous destructive readonly safe'],
  ['ok_exit', 'successcodes exitcodes rc allowedexitcodes'],
  ['exit', 'exitcode exitstatus returncode rc code status'],
  ['stdout', 'output out'],
  ['question', 'prompt text message title'],
  ['choices', 'options values enum items'],
  ['enum', 'choices options values allowed oneof'],
  ['pattern', 'regex regexp match validation'],
  ['default', 'value defaultvalue'],
  ['required', 'optional mandatory', 'write required: false'],
  ['secret', 'sensitive noecho masked password'],
  ['database', 'url dsn uri postgres mysql connection connectionstring'],
  ['ssh', 'host hostname server address user'],
  ['docker', 'container image'],
  [
    'next',
    'onfailure onerror onsuccess onfail catch rescue always failure success',
    'write next: [{ if: error.kind != "none", goto: STEP }]',
  ],
  [
    'next',
    'continueonerror ignoreerrors allowfailure continueonfailure',
    'write next: [{ if: error.kind != "none", finding: … }], which continues',
  ],
  [
    'next',
    'dependson needs dependencies after requires',
    'leave it out: steps run in their order, and next: STEP turns elsewhere',
  ],
  ['next', 'goto then transition transitions branches switch choices', 'write next: STEP'],
  ['next', 'register output outputs export set', 'leave it out: every result is kept as steps.ID'],
  ['name', 'id'],
];

/** The usual forms of keys that are often written as one text. */
const USUAL_FORMS: Readonly<Record<string, string>> = {
  confirm: '{ warning: … }',
  undo: '{ shell: … }, { sql: … } or { none: why there is none }',
  retry: '{ attempts: 3 }',
  finish: '{ outcome: resolved, summary: … }',
  verify: '{ shell: …, until: result.exit_code == 0, within: 30s }',
  preview: '{ sql: … } or { shell: … }',
  probe: '{ tcp: { host: …, port: … } }',
  http: '{ url: … }',
  env: '{ NAME: … }',
};

/** Returns the usual form of a key for which one text was written: `{ attempts: 3 }` for `retry`; or undefined. */
export function usualForm(key: string): string | undefined {
  return USUAL_FORMS[key];
}

/** The keys of a mapping. */
type Keys = { has(key: string): boolean };

const BY_FOREIGN = Map.groupBy(
  GROUPS.flatMap(([instead, foreign, hint]) =>
    foreign.split(' ').map((name) => ({ name, instead: instead.split(' '), hint })),
  ),
  ({ name }) => name,
);

/**
 * Returns the key that a runbook has instead of one of another tool, and what to do; or undefined.
 * `taken` are known keys that are written already.
 */
export function insteadOfKey(
  key: string,
  known: readonly string[],
  taken: Keys = new Set(),
): { readonly key: string; readonly hint: string } | undefined {
  const groups = BY_FOREIGN.get(key.toLowerCase().replaceAll(/[_-]/g, '')) ?? [];
  for (const { instead, hint } of groups) {
    const found = instead.find((one) => known.includes(one));
    if (found !== undefined) return { key: found, hint: hint ?? `write ${found}: instead` };
    const isTaken = instead.some((one) => taken.has(one));
    if (isTaken && hint?.startsWith('leave it out')) return { key, hint };
  }
  return undefined;
}
