import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { because } from '../../support/because.ts';
import type { Answers } from '../solve-fault.ts';
import { solveExample } from './solved-example.ts';
import { standInKubectl } from './stand-in-kubectl.ts';

const hasJq = spawnSync('jq', ['--version']).status === 0;
const BEFORE = '2 · shop/api:1.4 · 2026-11-02T10:00:00Z';

function solveCrash(answers: Answers, folder: string, deployment = 'api') {
  const env = { PATH: `${folder}:${process.env.PATH}` };
  return solveExample('crash-looping-pod', { namespace: 'shop', deployment }, answers, env);
}

test.skipIf(!hasJq)(
  `a deployment whose new version crashes is rolled back to the revision that was chosen${because(!hasJq && 'jq is not installed')}`,
  async () => {
    const kubectl = standInKubectl();
    const { outcome, path, findings, kim } = await solveCrash(
      { which: { answer: BEFORE }, roll_back: { confirm: true } },
      kubectl.folder,
    );
    expect({ outcome, path: path.slice(-6) }).toEqual({
      outcome: 'resolved',
      path: ['containers', 'log', 'revisions', 'which', 'roll_back', 'rolled_back'],
    });
    expect(findings).toEqual([
      'api is at revision 3 with shop/api:1.5. 2 of 2 pods are available.',
      'These containers crash: api-3-b/api (7 restarts, exit code 78).',
      'The last line of api-3-b: DATABASE_URL is not set',
    ]);
    const [asked] = kim.events('operator.awaited').flatMap(({ choices }) => choices ?? []);
    expect(asked).toBe(BEFORE);
    const [gate] = kim.events('gate.opened');
    const lines = gate?.preview?.rows.map(({ line }) => line);
    expect(lines).toContain('<     Image:\tshop/api:1.5');
    expect(lines).toContain('>     Image:\tshop/api:1.4');
    expect(kubectl.calls()).toContain('rollout undo --to-revision=2');
  },
);

test.skipIf(!hasJq)(
  `without the right to roll back, the run says so and a person has to continue${because(!hasJq && 'jq is not installed')}`,
  async () => {
    const kubectl = standInKubectl({ refuses: true });
    const answers = { which: { answer: BEFORE }, roll_back: { confirm: true } } as const;
    const { outcome, findings } = await solveCrash(answers, kubectl.folder);
    expect(outcome).toBe('escalated');
    expect(findings.at(-1)).toContain('is forbidden');
  },
);

test.skipIf(!hasJq)(
  `a deployment that does not exist changes nothing${because(!hasJq && 'jq is not installed')}`,
  async () => {
    const kubectl = standInKubectl();
    const { outcome, findings } = await solveCrash({}, kubectl.folder, 'shop');
    expect(outcome).toBe('escalated');
    expect(findings.at(-1)).toContain('deployments.apps "shop" not found');
    expect(kubectl.calls()).not.toContain('undo');
  },
);
