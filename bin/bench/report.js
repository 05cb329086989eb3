import { least, median } from './measure.js';

/** How much longer than bare Node a command may take. */
const START_AIMS = {
  'runbook --version': 1.5,
  'runbook list': 4,
  'start page, frame': 4,
  'run, first frame': 6,
  'triage, first frame': 8,
  'runbook validate': 12,
};
/** How much longer than the bare loop over zx a run of 1,000 steps may take. */
const STEPS_AIM = 1.2;
const MEMORY_AIM_MIB = 200;
const MATCH_AIM_MS = 2_000;
/** Within this a key is answered; 19 of 20 keys under a flood. */
const KEY_AIM_MS = 100;
/** How much more memory a flooded run may have at its end, after 30 seconds, than after 15. */
const GROWTH_AIM = 1.1;
const SETTLED_MS = 15_000;

/**
 * Prints how long commands take to start, beside bare Node, by the clock and in processor time; returns the
 * names that miss their aim in either.
 */
export function startTable(samples, commands, say) {
  const rows = [
    'node -e 0',
    ...commands,
    'runbook validate',
    'start page, frame',
    'run, first frame',
    'triage, first frame',
  ];
  say('', row('start', 'median', 'min', '× node', 'processor', '× node', 'aim'));
  return rows.filter((name) => {
    const { line, isMissed } = beside(samples, name, 'node -e 0', START_AIMS[name]);
    say(row(name, ...line));
    return isMissed;
  });
}

/**
 * Prints how long steps take, beside the same commands in loops, by the clock and in processor time; returns
 * the names that miss their aim in either.
 */
export function stepsTable(samples, count, say) {
  say('', row(`${count} steps`, 'median', 'min', '× zx', 'processor', '× zx', 'aim'));
  return ['bash', 'node, spawn', 'zx', 'runbook'].flatMap((peer) => {
    const name = `${count} ${peer}`;
    const aim = peer === 'runbook' && count === 1000 ? STEPS_AIM : undefined;
    const { line, isMissed } = beside(samples, name, `${count} zx`, aim);
    say(row(peer, ...line));
    return isMissed ? [name] : [];
  });
}

/** Returns the cells of what was measured beside another, and whether it misses its aim. */
function beside(samples, name, other, aim) {
  const of = (which, part) => samples.get(which).map((sample) => sample[part]);
  const times = (part) => median(of(name, part)) / median(of(other, part));
  const ratios = [times('ms'), times('cpu')];
  const isMissed = aim !== undefined && ratios.some((ratio) => ratio > aim);
  const line = [
    inMs(median(of(name, 'ms'))),
    inMs(least(of(name, 'ms'))),
    ratios[0].toFixed(2),
    inMs(median(of(name, 'cpu'))),
    ratios[1].toFixed(2),
    aim === undefined ? '' : `≤ ${aim} ${verdicts(ratios, aim)}`,
  ];
  return { line, isMissed };
}

function verdicts(ratios, aim) {
  const [byClock, inProcessorTime] = ratios.map((ratio) => (ratio <= aim ? 'met' : 'missed'));
  return byClock === inProcessorTime
    ? byClock
    : `${byClock} by the clock, ${inProcessorTime} in processor time`;
}

/** Prints the peak memory of a step that prints a gigabyte. */
export function memoryTable(samples, say) {
  const peaks = samples.get('memory');
  const peak = median(peaks);
  const mib = (value) => `${value.toFixed(0)} MiB`;
  say('', row('peak memory', 'median', 'min', 'aim'));
  const verdict = `< ${MEMORY_AIM_MIB} MiB ${peak < MEMORY_AIM_MIB ? 'met' : 'missed'}`;
  say(row('a step prints 1 GiB', mib(peak), mib(least(peaks)), verdict));
  return peak < MEMORY_AIM_MIB ? [] : ['memory'];
}

/** Prints how soon a letter typed on the start page is answered. */
export function letterTable(samples, say) {
  const times = samples.get('letter');
  const verdict = `≤ ${KEY_AIM_MS} ms ${median(times) <= KEY_AIM_MS ? 'met' : 'missed'}`;
  say('', row('start page', 'median', 'min', 'aim'));
  say(row('a letter answered', inMs(median(times)), inMs(least(times)), verdict));
  return median(times) <= KEY_AIM_MS ? [] : ['letter'];
}

/** Prints how a run does whose step prints without end; returns the names that miss an aim. */
export function floodTable(samples, kinds, say) {
  say('', floodRow('under a flood', FLOOD_COLUMNS));
  return kinds.filter((kind) => {
    const runs = samples.get(`flood, ${kind}`);
    const keys = runs.flatMap((run) => run.keys).toSorted((a, b) => a - b);
    const late = keys[Math.floor(keys.length * 0.95)];
    const memory = runs.map(memoryOf).toSorted((a, b) => a.growth - b.growth)[runs.length >> 1];
    const lines = median(runs.map(({ lines, ms }) => lines / ms));
    // A shorter flood tells nothing of growth.
    const grows = memory.settled !== undefined && memory.growth > GROWTH_AIM;
    const isMet = late <= KEY_AIM_MS && memory.peak < MEMORY_AIM_MIB && !grows;
    const cells = [
      lines > 0 ? `${lines.toFixed(0)}k` : '',
      median(runs.map(({ bytes, ms }) => bytes / ms / 1000)).toFixed(0),
      median(keys).toFixed(0),
      late.toFixed(0),
      keys.at(-1).toFixed(0),
      memory.settled?.toFixed(0) ?? '',
      memory.last.toFixed(0),
      memory.peak.toFixed(0),
      median(runs.map(({ deadMs }) => deadMs)).toFixed(0),
    ];
    say(`${floodRow(kind, cells)}  ${isMet ? 'met' : 'missed'}`);
    return !isMet;
  });
}

const FLOOD_COLUMNS = [
  'lines/s',
  'MB/s',
  'key ms',
  'p95',
  'max',
  'MiB 15 s',
  'last',
  'peak',
  'end ms',
];

function floodRow(name, cells) {
  return [name.padEnd(18), ...cells.map((cell) => cell.padStart(8))].join('');
}

function memoryOf({ memory }) {
  const settled = memory.find(({ at }) => at >= SETTLED_MS)?.mib;
  const last = memory.at(-1).mib;
  return {
    settled,
    last,
    growth: last / (settled ?? last),
    peak: Math.max(...memory.map(({ mib }) => mib)),
  };
}

/**
 * Prints how fast many runbooks are checked, for the first time and again, and many cases rehearsed, start of
 * the process included.
 */
export function libraryTable(samples, { runbooks, cases }, say) {
  const line = (name, title, count, unit) => {
    const times = samples.get(name).map(({ ms }) => ms);
    const rate = `${((1000 * count) / median(times)).toFixed(0)} ${unit}`;
    say(row(title, inMs(median(times)), inMs(least(times)), rate));
  };
  say('', row('many at once', 'median', 'min', 'a second'));
  line('runbooks', `validate ${runbooks}`, runbooks, 'runbooks');
  line('runbooks again', `validate ${runbooks} again`, runbooks, 'runbooks');
  line('cases', `test, ${cases} cases`, cases, 'cases');
  return [];
}

/** Prints how long a log of 100,000 lines takes; returns the name when it misses its aim. */
export function matchTable(samples, say) {
  const times = samples.get('match').map(({ ms }) => ms);
  const took = median(times);
  const verdict = `< ${MATCH_AIM_MS} ms ${took < MATCH_AIM_MS ? 'met' : 'missed'}`;
  say('', row('match', 'median', 'min', 'aim'));
  say(row('100,000 log lines', inMs(took), inMs(least(times)), verdict));
  return took < MATCH_AIM_MS ? [] : ['match'];
}

/** Prints, for one set of labelled lines, how many of each category were recognised. */
export function classifierTable({ name, title, counts }, say) {
  say('', `${name}: ${title}`, countRow('category', 'right', 'wrong', 'unmatched'));
  const total = { right: 0, wrong: 0, unmatched: 0 };
  for (const [category, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    say(countRow(category, count.right, count.wrong, count.unmatched));
    for (const kind of Object.keys(total)) total[kind] += count[kind];
  }
  const all = total.right + total.wrong + total.unmatched;
  say(countRow('all', total.right, total.wrong, total.unmatched));
  say(`${((100 * total.right) / all).toFixed(1)} % right`);
}

function countRow(name, ...counts) {
  return [name.padEnd(22), ...counts.map((count) => String(count).padStart(10))].join('');
}

/** Prints where the time of one profiled process went. */
export function partsTable(name, spent, say) {
  const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
  say('', `where the time goes: ${name} (one profiled process, ${total.toFixed(0)} ms)`);
  for (const [part, ms] of [...spent].sort((a, b) => b[1] - a[1])) {
    const share = (100 * ms) / total;
    if (share >= 0.5)
      say(`${ms.toFixed(0).padStart(8)} ms ${share.toFixed(0).padStart(3)} %  ${part}`);
  }
}

const inMs = (value) => `${value.toFixed(0)} ms`;

/** The last cell is the widest. */
function row(name, ...cells) {
  const padded = cells.slice(0, -1).map((cell) => cell.padStart(10));
  return [name.padEnd(22), ...padded, `  ${cells.at(-1)}`].join('').trimEnd();
}
