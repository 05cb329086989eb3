import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A program that answers as kubectl does, for one deployment `api` of the namespace `shop`: revision 3 crashes,
 * 1 and 2 run. A rollback makes the pods and a new revision of the old template. It refuses other commands.
 */
const PROGRAM = String.raw`#!NODE
const fs = require('node:fs');
const file = 'FOLDER/state.json';
const state = JSON.parse(fs.readFileSync(file, 'utf8'));
const args = process.argv.slice(2);
fs.appendFileSync('FOLDER/calls', args.join(' ') + '\n');
const fail = (text) => { process.stderr.write(text + '\n'); process.exit(1); };
const flag = (name) => args.find((arg) => arg.startsWith(name + '='))?.slice(name.length + 1);
const words = args.filter((arg) => !arg.startsWith('-'));
const show = (value) => process.stdout.write(JSON.stringify(value));
const asked = words.join(' ');
const notFound = (name) => fail('Error from server (NotFound): deployments.apps "' + name + '" not found');
if (asked === 'config current-context') console.log('stand-in');
else if (flag('--namespace') !== 'shop') notFound(words.at(-1));
else if (words[0] === 'get' && words[1] === 'deployment') {
  if (words[2] !== 'api') notFound(words[2]);
  const runs = state.images[state.current] !== 'shop/api:1.5';
  show({
    metadata: { generation: 4, annotations: { 'deployment.kubernetes.io/revision': String(state.current) } },
    spec: { replicas: 2, selector: { matchLabels: { app: 'api', tier: 'web' } }, template: { spec: { containers: [{ name: 'api', image: state.images[state.current] }] } } },
    status: { observedGeneration: 4, replicas: runs ? 2 : 3, updatedReplicas: runs ? 2 : 1, availableReplicas: 2 },
  });
} else if (flag('--selector') !== undefined && flag('--selector') !== 'app=api,tier=web') show({ items: [] });
else if (asked === 'get pods')
  show({
    items: [
      { metadata: { name: 'api-2-a' }, status: { containerStatuses: [{ name: 'api', restartCount: 0, state: { running: {} }, lastState: {} }] } },
      { metadata: { name: 'api-3-b' }, status: state.images[state.current] !== 'shop/api:1.5' ? {} : {
        containerStatuses: [{ name: 'api', restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { reason: 'Error', exitCode: 78 } } }] } },
    ],
  });
else if (asked === 'logs api-3-b' && args.includes('--previous')) console.log('starting\nDATABASE_URL is not set');
else if (asked === 'get replicasets')
  show({
    items: Object.entries(state.images).map(([revision, image]) => ({
      metadata: { creationTimestamp: '2026-11-0' + revision + 'T10:00:00Z', annotations: { 'deployment.kubernetes.io/revision': revision }, ownerReferences: [{ kind: 'Deployment', name: 'api' }] },
      spec: { template: { spec: { containers: [{ image }] } } },
    })),
  });
else if (asked === 'rollout history deployment api') {
  const image = state.images[flag('--revision')] ?? fail('error: unable to find the specified revision');
  console.log('deployment.apps/api with revision #' + flag('--revision') + '\nPod Template:\n  Containers:\n   api:\n    Image:\t' + image);
} else if (asked === 'rollout undo deployment api') {
  if (state.refuses) fail('Error from server (Forbidden): deployments.apps "api" is forbidden');
  const to = flag('--to-revision');
  state.current += 1;
  state.images[state.current] = state.images[to];
  delete state.images[to];
  fs.writeFileSync(file, JSON.stringify(state));
  console.log('deployment.apps/api rolled back');
} else fail('the stand-in does not know: ' + args.join(' '));
`;

/** A folder with a stand-in for kubectl, for the beginning of a PATH. */
export function standInKubectl(parts: { readonly refuses?: boolean } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-kubectl-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const images = { 1: 'shop/api:1.3', 2: 'shop/api:1.4', 3: 'shop/api:1.5' };
  writeFileSync(join(folder, 'state.json'), JSON.stringify({ current: 3, images, ...parts }));
  const text = PROGRAM.replace('NODE', process.execPath).replaceAll('FOLDER', folder);
  writeFileSync(join(folder, 'kubectl'), text, { mode: 0o700 });
  return { folder, calls: () => readFileSync(join(folder, 'calls'), 'utf8') };
}
