import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The functions a part of the time is known by; those of Node and V8 behind `node:`. A sample belongs
 * to the part of the innermost of them on its stack. The bundle keeps names; where two are the same,
 * esbuild adds a number to one.
 */
const PARTS = {
  'waiting for other processes and the disk': ['node:(idle)'],
  'collecting garbage (main thread)': ['node:(garbage collector)'],
  'starting bash: fork and exec': ['node:spawn'],
  zx: ['$', 'spawnScript', 'loadBash', 'ProcessPromise', '_ProcessPromise', '_ProcessOutput'],
  'executor: output and outcome': ['execute', 'RunningScript', 'shellOutcome', 'loadExecutor'],
  'output files': ['OutputFile', 'write', 'finish', 'LiveTail'],
  'parsing and checking the runbook': ['parseRunbook'],
  'compiling the machine': ['compileRunbook'],
  'transitions of the machine': ['advance', 'begin', 'can', 'possibleIntents'],
  journal: ['append', 'openJournal', 'createRun', 'flush', '#syncInBackground'],
  'masking secrets': ['maskEvent'],
  'fold to the view': ['foldEvent'],
  'lines printed': ['plainLines', 'printPlain', 'print'],
  'drawing a frame': ['drawFrame'],
  'Ink and React': ['showScreen', 'performWorkUntilDeadline', 'onRender'],
  'asking git for the operator': ['surroundingsHere'],
  session: ['#guarded', 'startRun', 'recordedFact'],
  'loading modules': ['node:import', 'node:importModuleDynamicallyCallback'],
};
const LOADING = 'loading modules';
const REST = 'Node itself, and what is left';

/** Profiles a Node process; `start` starts it with the flags it is given. Returns ms by part. */
export async function profileOf(home, start) {
  const folder = await mkdtemp(join(home, 'profile-'));
  const until = await start(['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`]);
  const [file] = await readdir(folder);
  const profile = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await rm(folder, { recursive: true });
  return byPart(profile, until ?? Infinity);
}

/** Starts a program to be profiled, to its end. */
export async function toItsEnd(args, { env, cwd }) {
  await once(spawn(process.execPath, args, { env, cwd, stdio: 'ignore' }), 'exit');
}

function byPart({ nodes, samples, timeDeltas, startTime }, until) {
  const partOf = partsOf(nodes);
  const spent = new Map();
  let at = startTime;
  for (const [index, id] of samples.entries()) {
    at += timeDeltas[index];
    if (at > until) break;
    const part = partOf.get(id);
    spent.set(part, (spent.get(part) ?? 0) + timeDeltas[index] / 1000);
  }
  return spent;
}

/** Returns the part of every node of the tree of calls: its own, else its caller's. */
function partsOf(nodes) {
  const known = new Map(
    Object.entries(PARTS).flatMap(([part, names]) => names.map((name) => [name, part])),
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map();
  const visit = (node, callers) => {
    const part = known.get(nameOf(node.callFrame)) ?? callers;
    parts.set(node.id, part);
    for (const child of node.children ?? []) visit(byId.get(child), part);
  };
  known.set(MODULE, LOADING);
  visit(nodes[0], REST);
  return parts;
}

/** The name for the code of a module outside of its functions. */
const MODULE = '(module)';

function nameOf({ functionName, url, lineNumber, columnNumber }) {
  if (!url.startsWith('file:')) return `node:${functionName}`;
  if (functionName === '' && lineNumber === 0 && columnNumber === 0) return MODULE;
  return functionName.replace(/\d+$/, '');
}
