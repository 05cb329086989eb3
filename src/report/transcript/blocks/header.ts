import type { EventOf, StartedRunbook } from '#events/log/event.ts';
import { type Block, heading, list } from '#events/telling/block.ts';
import { handoverText } from '#events/telling/people.ts';
import { code, type Part, type Said, say, strong } from '#events/telling/say.ts';
import { type Conclusion, conclusionOf, hasChanged } from '#events/view/conclusion.ts';
import { alertState } from '#events/wording/alert-text.ts';
import { changeLabel, changeText } from '#events/wording/change-text.ts';
import { elapsedMs, NO_CAUSE, valueText } from '#events/wording/phrases.ts';
import type { Json } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { eventsOf } from '../events.ts';
import type { TranscriptRun } from '../run.ts';

/** Returns the incident, its outcome, its cause, and what was changed. */
export function headerSection(run: TranscriptRun): readonly Block[] {
  const conclusion = conclusionOf(run.view);
  return [heading(1, conclusion.title), endSentence(run), verdict(run, conclusion), tally(run)];
}

/** Returns the cause and the lasting changes of a run, as a list. */
export function verdict({ view }: TranscriptRun, { causes, changes }: Conclusion): Block {
  const unknown = view.outcome === undefined ? 'not known yet' : NO_CAUSE;
  const found = causes.map((finding) => say`Cause: ${strong(finding.text)}`);
  const changed = changes.map(
    (change) => `${capital(changeLabel(change))}: ${changeText(change, view)}`,
  );
  return list([
    ...(found.length === 0 ? [`Cause: ${unknown}`] : found),
    ...(hasChanged({ changes }) ? [] : ['Changed: nothing']),
    ...changed,
  ]);
}

/** Returns the section on the identity of the run, its times, people, targets and inputs. */
export function recordSection(run: TranscriptRun): readonly Block[] {
  return [heading(2, 'Record'), facts(run)];
}

/**
 * Returns the identity of the run, its runbook, times, operators, targets and inputs, as a list.
 */
export function facts(run: TranscriptRun): Block {
  const { started } = run;
  const { runbook } = started;
  return list([
    say`Run: ${code(started.runId)}${started.mode === 'dry-run' ? say` (${strong('dry run')})` : ''}`,
    say`Runbook: ${code(runbook.name)}, ${code(runbook.file)}, sha256 ${code(runbook.sha256)}`,
    commitLine(runbook),
    ...(started.practice === undefined ? [] : ['Practice: a drill, on servers of its own']),
    ...(started.environment === undefined ? [] : [say`Environment: ${code(started.environment)}`]),
    `Severity: ${runbook.severity}`,
    ...timeLines(run),
    ...peopleLines(run),
    ...alertLines(run),
    ...targetLines(run),
    ...started.inputs.map(({ name, value, secret }) => {
      return say`Input ${code(name)}: ${secret ? 'secret' : givenText(value)}`;
    }),
  ]);
}

/** Returns the end of the run in a sentence. */
export function endSentence({ view, records, started }: TranscriptRun): Said {
  // Events after the run was left, such as a handover, do not extend its duration.
  const left = eventsOf(records, 'run.paused').at(-1)?.at;
  const last = records.at(-1)?.at ?? view.startedAt;
  const until = view.status === 'paused' && left !== undefined ? left : last;
  const after = formatDuration(elapsedMs(view, Date.parse(until)));
  if (view.outcome !== undefined) {
    const dry =
      started.mode === 'dry-run' ? say` in a ${strong('dry run')}, which changes nothing,` : '';
    return say`${strong(capital(view.outcome))}${dry} after ${after}: ${conclusionOf(view).summary}`;
  }
  return view.status === 'paused'
    ? say`${strong('Not finished')}: paused after ${after}, ${view.paused?.reason ?? ''}`
    : say`${strong('Not finished')}: the record ends after ${after}.`;
}

function tally({ view, actions, records }: TranscriptRun): string {
  const carriedOut = actions.filter(({ started }) => started !== undefined).length;
  const byHand = (view.changes ?? []).filter(({ state }) => state === 'by-hand').length;
  const decisions = eventsOf(records, 'branch.taken').filter(({ event }) => event.by !== 'order');
  return [
    reached(view),
    counted(decisions.length, 'decision'),
    counted(view.findings.length, 'finding'),
    `${counted(carriedOut, 'changing action')} carried out`,
    ...(byHand === 0 ? [] : [`${counted(byHand, 'change')} reported done by hand`]),
    counted(view.notes.length, 'note'),
  ]
    .join(', ')
    .concat('.');
}

/** Most steps of a runbook with inner ones are theirs, and are not counted as missed. */
function reached({ path, steps }: TranscriptRun['view']): string {
  const own = steps.filter(({ parent }) => parent === undefined);
  const came = new Set(path);
  const inside = steps.filter(({ id, parent }) => parent !== undefined && came.has(id)).length;
  const more = inside === 0 ? '' : `, and ${counted(inside, 'step')} inside them`;
  return `${own.filter(({ id }) => came.has(id)).length} of ${counted(own.length, 'step')} reached${more}`;
}

function commitLine({ commit, changedSinceCommit: changed }: StartedRunbook): Part {
  if (commit === undefined) return 'Git commit: unknown';
  const how =
    changed === undefined ? '' : changed ? say`, ${strong('with uncommitted changes')}` : '';
  return say`Git commit: ${code(commit)}${how}`;
}

function givenText(value: Json): Part {
  return value === null ? 'not given' : code(valueText(value));
}

function timeLines({ started, view, records, times }: TranscriptRun): readonly string[] {
  const last = records.at(-1)?.at ?? view.startedAt;
  return [
    `Started: ${times.full(view.startedAt)}`,
    `${view.endedAt === undefined ? 'Last event' : 'Ended'}: ${times.full(view.endedAt ?? last)}`,
    `Times: in UTC${times.zone === undefined ? '' : `, in brackets in ${times.zone}`}, then since the start of the run`,
    `Recorded by: ${started.program}`,
  ];
}

function peopleLines({ started, records, times }: TranscriptRun): readonly Part[] {
  const later = records.flatMap(({ at, event }): readonly Part[] => {
    if (event.type === 'run.resumed')
      return event.worker === undefined
        ? [say`Resumed by: ${event.operator} on ${event.host}, ${times.at(at)}`]
        : [say`Continued by: worker ${event.worker.id}, ${times.at(at)}`];
    if (event.type === 'run.handed-over')
      return [say`Handed over: ${handoverText(event)}, ${times.at(at)}`];
    if (event.type !== 'run.watched' || event.status !== 'attached') return [];
    return [say`Watched by: ${event.operator} on ${event.host}, ${times.at(at)}`];
  });
  const { terminal, worker } = started;
  if (worker !== undefined)
    return [`Started by: ${started.operator}`, `Worker: ${worker.id}`, ...later];
  const size = terminal === undefined ? 'none' : `${terminal.columns}×${terminal.rows}`;
  return [say`Operator: ${operatorText(started)}`, `Terminal: ${size}`, ...later];
}

function alertLines({ view }: TranscriptRun): readonly Part[] {
  return (view.alerts ?? []).map((alert) => {
    const [link] = alert.links;
    const url = link === undefined ? '' : say`, ${code(link.url)}`;
    return say`Alert of ${alert.source}: ${alert.title} (${alertState(alert)})${url}`;
  });
}

/** The account of an administrator names nobody. */
function operatorText({ operator, host }: TranscriptRun['started']): Part {
  const where = `on ${host}`;
  return operator === 'root'
    ? say`the account ${code(operator)} ${where}; RUNBOOK_OPERATOR was not set`
    : `${operator} ${where}`;
}

/** The most recent connection of each target has the most facts. */
function targetLines({ started, records }: TranscriptRun): readonly Part[] {
  const connected = eventsOf(records, 'target.connected').map(({ event }) => event);
  return started.targets.map(({ name, description }) => {
    const found = connected.filter(({ target }) => target === name);
    const last = found.at(-1);
    if (last === undefined) return say`Target ${code(name)}: ${description}`;
    const isReserved = found.some(({ reserved }) => reserved);
    const slot = isReserved ? strong('through a reserved slot') : 'no reserved slot used';
    const version = versionOf(last);
    return say`Target ${code(name)}: ${last.description}${version}, ${slot}`;
  });
}

function versionOf({ description, facts }: EventOf<'target.connected'>): Part {
  const { version } = facts;
  const isNew = typeof version === 'string' && !description.includes(version);
  return isNew ? say`, version ${code(version)}` : '';
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
