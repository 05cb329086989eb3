import { describe, expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';
import type { Source } from '#runbook/yaml/source.ts';

function runbookText(name: string, steps: string, inputs = ''): string {
  return `name: ${name}\ntitle: ${name}\nsummary: ${name}\n${inputs}steps:\n${steps}`;
}

const END = '  - { id: end, finish: { outcome: resolved, summary: It is over. } }\n';

const CHILD = runbookText(
  'child',
  `  - { id: look, manual: "Look at \${{ inputs.queue }}." }\n${END}`,
  'inputs: { queue: {}, token: { secret: true, required: false }, least: { type: number, default: 3 }, wait: { type: duration, default: 5s }, url: { env: URL } }\n',
);

/** Parses a runbook among others, and counts how often each of those is asked for. */
function parse(text: string, others: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const runbook = (name: string): Source | undefined => {
    asked.push(name);
    const found = others[name];
    return found === undefined ? undefined : { file: `${name}.yaml`, text: found };
  };
  const parsed = parseRunbook({ file: 'parent.yaml', text }, { runbook });
  const problems = (parsed.ok ? parsed.warnings : parsed.diagnostics).map(
    ({ code, message }) => `${code}: ${message}`,
  );
  return { parsed, problems, asked };
}

const parent = (step: string) =>
  runbookText(
    'parent',
    `  - { id: one, ${step} }\n${END}`,
    'inputs: { secret: { secret: true } }\n',
  );

describe('a step that is another runbook', () => {
  test('has that runbook, and what it is given', () => {
    const { parsed, problems } = parse(
      parent(
        'runbook: child, with: { queue: "${{ run.id }}", least: 4, token: "${{ inputs.secret }}" }',
      ),
      { child: CHILD },
    );
    expect(problems).toEqual([]);
    expect(parsed.ok && parsed.value.steps[0]?.does).toMatchObject({
      kind: 'runbook',
      runbook: { name: 'child', source: { file: 'child.yaml' } },
      with: { queue: { text: '${{ run.id }}' }, least: 4 },
    });
  });

  test('has its outcome in the end', () => {
    const next = 'next: [{ if: result.outcome == "resolvd", goto: end }, { goto: end }]';
    const { problems } = parse(parent(`runbook: child, with: { queue: x }, ${next}`), {
      child: CHILD,
    });
    expect(problems).toEqual(['unknown-value: result.outcome is never "resolvd"']);
  });

  test.each([
    [
      'an input that is not there',
      'queu: x',
      [
        'the runbook "child" has no input "queu"',
        'the runbook "child" needs the input "queue"; without --env it is asked for',
      ],
    ],
    [
      'no input',
      '',
      ['the runbook "child" needs the input "queue"; without --env it is asked for'],
    ],
    ['a text for a number', 'queue: x, least: many', ['the input "least" is a number']],
    ['a text for a duration', 'queue: x, wait: soon', ['the input "wait" is a duration']],
    ['a number for a text', 'queue: 3', ['the input "queue" is a text']],
    [
      'a secret that would be seen',
      'queue: "${{ inputs.secret }}"',
      ['inputs.secret is secret and would be shown here'],
    ],
  ])('cannot be given %s', (_, given, expected) => {
    const { problems } = parse(parent(`runbook: child, with: { ${given} }`), { child: CHILD });
    expect(problems.map((problem) => problem.replace(/^[\w-]+: /, ''))).toEqual(expected);
  });

  test('is a step of the run also where it is warned of', () => {
    const { parsed, problems } = parse(parent('runbook: child'), { child: CHILD });
    expect(problems).toHaveLength(1);
    expect(parsed.ok && parsed.value.steps.map(({ id }) => id)).toEqual(['one', 'end']);
  });

  test('is looked for once, however often it is a step', () => {
    const steps = ['a', 'b', 'c'].map(
      (id) => `  - { id: ${id}, runbook: child, with: { queue: x } }\n`,
    );
    const { asked, problems } = parse(runbookText('parent', steps.join('') + END), {
      child: CHILD,
    });
    expect([asked, problems]).toEqual([['child'], []]);
  });

  test('has to be there', () => {
    expect(parse(parent('runbook: child'), {}).problems).toEqual([
      'unknown-runbook: there is no runbook "child"',
    ]);
    const alone = parseRunbook({ file: 'parent.yaml', text: parent('runbook: child') });
    expect(alone.ok ? [] : alone.diagnostics.map(({ code }) => code)).toEqual(['unknown-runbook']);
  });

  test('that the end of a run leads to is only missed, and may be the runbook itself', () => {
    const leading = (name: string) =>
      `name: parent\ntitle: T\nsummary: S.\nsteps:\n  - { id: end, finish: { outcome: escalated, continue_with: ${name}, summary: Go on. } }\n`;
    const missed = parse(leading('chld'), { child: CHILD });
    expect(missed.problems).toEqual(['unknown-runbook: there is no runbook "chld"']);
    expect(missed.parsed.ok).toBe(true);
    for (const name of ['child', 'parent'])
      expect(parse(leading(name), { child: CHILD }).problems).toEqual([]);
    // Where no runbook can be looked up, any may be there.
    expect(parseRunbook({ file: 'parent.yaml', text: leading('child') })).toMatchObject({
      warnings: [],
    });
  });

  test('has to be valid, and the first problem says where', () => {
    const child = runbookText('child', '  - { id: look, manul: x }\n  - { id: look, manul: x }\n');
    expect(parse(parent('runbook: child'), { child }).problems).toEqual([
      'runbook-invalid: the runbook "child" is not valid: child.yaml:5:17: the step "look" does nothing: "manul" is not a key',
    ]);
  });
});

describe('runbooks that lead in a circle', () => {
  const step = (name: string, other: string) =>
    runbookText(name, `  - { id: one, runbook: ${other} }\n${END}`);

  test('are told the way', () => {
    const others = { child: step('child', 'other'), other: step('other', 'parent') };
    expect(parse(step('parent', 'child'), others).problems).toEqual([
      'runbook-cycle: this leads in a circle: parent → child → other → parent',
    ]);
  });

  test('also when the first of them is not part of it', () => {
    const others = { child: step('child', 'other'), other: step('other', 'child') };
    expect(parse(step('parent', 'child'), others).problems).toEqual([
      'runbook-cycle: this leads in a circle: child → other → child',
    ]);
  });

  test('or are steps of themselves', () => {
    expect(parse(step('parent', 'parent'), {}).problems).toEqual([
      'runbook-cycle: this leads in a circle: parent → parent',
    ]);
  });
});

describe('the outputs of a runbook', () => {
  const LEADER = `${runbookText('leader', END, 'inputs: { token: { secret: true, default: x } }\n')}outputs:\n  leader: run.id\n`;
  const caller = (rest: string) =>
    runbookText(
      'parent',
      `  - { id: one, runbook: leader${rest} }\n  - { id: two, manual: "It is \${{ steps.one.outputs.leader }}." }\n${END}`,
    );

  test('are read by the step that runs it and by those after it', () => {
    const { problems } = parse(
      caller(', next: [{ if: result.outputs.leader == "x", goto: end }, { goto: two }]'),
      { leader: LEADER },
    );
    expect(problems).toEqual([]);
  });

  test('are known by their names when the runbook is loaded', () => {
    const { problems } = parse(
      caller(', next: [{ if: result.outputs.leeder == "x", goto: end }, { goto: two }]'),
      { leader: LEADER },
    );
    expect(problems).toEqual(['unknown-name: the runbook "leader" has no output "leeder"']);
    const none = parse(caller(''), { leader: runbookText('leader', END) });
    expect(none.problems).toEqual(['unknown-name: the runbook "leader" has no output "leader"']);
  });

  test.each([
    [
      'inputs.token',
      'secret-in-text: inputs.token is secret, and what is computed from it would be shown',
    ],
    ['steps.nothing.json', 'unknown-name: steps has no "nothing"'],
  ])('are refused when they cannot be given back: %s', (expression, problem) => {
    const { problems } = parse(LEADER.replace('run.id', expression), {});
    expect(problems).toContain(problem);
  });
});
