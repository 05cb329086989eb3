import type { ActionStep, Clause, Runbook, Step } from '#runbook/model/runbook.ts';
import { FINISHED, type RunbookGraph } from './drawing.ts';
import { nodeKind } from './node-kind.ts';

/** A transition in the format of Stately's tools; a guard is named by its condition. */
type Transition = {
  readonly target: string;
  readonly guard?: string;
  readonly description?: string;
  readonly meta?: { readonly taken: number };
};

/** A state in the format of Stately's tools. */
type State = {
  readonly type?: 'final';
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly initial?: string;
  readonly always?: readonly Transition[];
  readonly on?: Readonly<Record<string, string | readonly Transition[]>>;
  readonly states?: Readonly<Record<string, State>>;
};

/**
 * Returns a runbook as the JSON configuration of an XState machine: one state per step, a `gate`
 * before every change, conditions as names of guards. It is for visualization and simulation;
 * `runbook run` also counts visits, times out and resumes.
 */
export function xstateGraph(graph: RunbookGraph, runbook: Runbook): string {
  const states = runbook.steps.map((step, index) => {
    const following = runbook.steps[index + 1]?.id ?? FINISHED;
    return [step.id, stateOf(step, { graph, root: runbook.name, runbook, following })] as const;
  });
  const config = {
    id: runbook.name,
    description: `${runbook.title}. ${runbook.summary}`,
    initial: runbook.steps[0]?.id ?? FINISHED,
    states: { ...Object.fromEntries(states), [FINISHED]: { type: 'final', tags: ['unresolved'] } },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

type Place = {
  readonly graph: RunbookGraph;
  readonly root: string;
  readonly runbook: Runbook;
  readonly following: string;
};

function stateOf(step: Step, place: Place): State {
  const { does } = step;
  const node = place.graph.nodes.find(({ id }) => id === step.id);
  const visits = node?.visits;
  const about = {
    description: [step.title, step.why].filter((text) => text !== undefined).join('. '),
    tags: [nodeKind(step), step.phase, ...((visits ?? 0) > 0 ? ['visited'] : [])],
    meta: {
      kind: does.kind,
      ...(node === undefined || node.facts.length === 0 ? {} : { facts: node.facts }),
      ...(visits === undefined ? {} : { visits }),
    },
  };
  if (does.kind !== 'finish') return { ...about, initial: 'entered', states: inside(step, place) };
  const meta = { ...about.meta, outcome: does.outcome, summary: does.summary.text };
  const end: State = { ...about, tags: [...about.tags, does.outcome], meta };
  const final = place.runbook.steps.find(({ isFinal }) => isFinal)?.id;
  const over: State =
    final === undefined ? { type: 'final' } : { always: [wayTo(step, final, place)] };
  if (step.if === undefined) return { ...end, ...over };
  const skipped = [{ guard: `!(${step.if.text})`, ...wayTo(step, place.following, place) }];
  return {
    ...end,
    initial: 'entered',
    states: { entered: { always: [...skipped, { target: 'ended' }] }, ended: over },
  };
}

function inside(step: Step, place: Place): Readonly<Record<string, State>> {
  const { does } = step;
  const skip: readonly Transition[] =
    step.if === undefined
      ? []
      : [{ guard: `!(${step.if.text})`, target: 'succeeded', description: 'the step is skipped' }];
  const isAsked = does.kind === 'ask' || does.kind === 'manual';
  const doing =
    'body' in does
      ? acting(does)
      : isAsked
        ? { asking: { tags: ['operator'], on: { ANSWERED: 'succeeded' } } }
        : { running: { on: { SUCCEEDED: 'succeeded', FAILED: 'failed' } } };
  const first = Object.keys(doing)[0] ?? 'succeeded';
  return {
    entered: { always: [...skip, { target: isAsked ? first : 'ready' }] },
    ...(isAsked ? {} : { ready: { tags: ['operator'], on: { RUN: first, SKIP: 'succeeded' } } }),
    ...doing,
    succeeded: { always: leaving(step, step.next, place) },
    ...(isAsked
      ? {}
      : {
          failed: {
            tags: ['operator'],
            description: 'Without a clause for this error the operator decides',
            always: step.next.filter(namesError).map((clause) => way(step, clause, place)),
            on: { RETRY: first, SKIP: 'succeeded', MARK_DONE: 'succeeded' },
          },
        }),
  };
}

function acting({ effect, preview, confirm, verify }: ActionStep): Readonly<Record<string, State>> {
  const after = verify === undefined ? 'succeeded' : 'verifying';
  const gated = effect !== 'read';
  const looks = gated && preview !== undefined;
  const { level, phrase, warning } = confirm;
  const meta = {
    level,
    ...(level === 'type' ? { phrase: phrase?.text ?? 'the id of the step' } : {}),
    ...(warning === undefined ? {} : { warning: warning.text }),
  };
  const again = looks ? { REFRESH: 'previewing' } : {};
  return {
    ...(looks
      ? { previewing: { on: { ROWS: 'gate', NO_ROWS: 'succeeded', FAILED: 'failed' } } }
      : {}),
    ...(gated
      ? {
          gate: {
            tags: ['gate', 'operator'],
            description: 'Shows exactly what will run and waits for a confirmation',
            meta,
            on: { CONFIRM: 'running', DECLINE: 'failed', ...again },
          },
        }
      : {}),
    running: { tags: ['executes'], on: { SUCCEEDED: after, FAILED: 'failed' } },
    ...(verify === undefined
      ? {}
      : {
          verifying: {
            description: `until ${verify.until.text}`,
            on: { VERIFIED: 'succeeded', FAILED: 'failed' },
          },
        }),
  };
}

function leaving(step: Step, clauses: readonly Clause[], place: Place): readonly Transition[] {
  const ways = clauses.map((clause) => way(step, clause, place));
  const hasDefault = clauses.length > 0 && clauses.at(-1)?.if === undefined;
  return hasDefault ? ways : [...ways, wayTo(step, place.following, place)];
}

function way(step: Step, clause: Clause, place: Place): Transition {
  return {
    ...(clause.if === undefined ? {} : { guard: clause.if.text }),
    ...wayTo(step, clause.goto ?? place.following, place),
    ...(clause.finding === undefined ? {} : { description: clause.finding.text }),
  };
}

function wayTo(step: Step, to: string, { graph, root }: Place): Transition {
  const taken = graph.edges.find((edge) => edge.from === step.id && edge.to === to)?.taken ?? 0;
  return { target: `#${root}.${to}`, ...(taken > 0 ? { meta: { taken } } : {}) };
}

function namesError(clause: Clause): boolean {
  return clause.if?.names.some(({ path }) => path[0] === 'error') ?? false;
}
