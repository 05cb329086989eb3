import { describe, expect, test } from 'vitest';
import { runbookGraph } from '#report/graph/drawing.ts';
import { mermaidGraph } from '#report/graph/mermaid.ts';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { parsed, Stepper } from '../../fixtures/compiled.ts';
import { recorded } from '../../fixtures/orders-runbook.ts';

const HEAD = `name: asks
title: Asks
summary: Asks.
`;

const ENDS = `  - { id: look, effect: read, shell: uptime }
  - { id: end, finish: { outcome: resolved, summary: It is over. } }
  - { id: stop, finish: { outcome: escalated, summary: Ask the owner. } }
`;

const BY_CHOICE = `${HEAD}steps:
  - id: which
    ask:
      question: What next?
      choices:
        end here: end
        'no, "look"':
          - if: result.answer.size() > 3
            finding: It says \${{ result.answer }}.
            goto: look
          - goto: stop
        stop: { finding: It was stopped., goto: stop }
${ENDS}`;

const WRITTEN_OUT = `${HEAD}steps:
  - id: which
    ask:
      question: What next?
      choices: [end here, 'no, "look"', stop]
    next:
      - { if: result.answer == "end here", goto: end }
      - if: 'result.answer == "no, \\"look\\"" && (result.answer.size() > 3)'
        finding: It says \${{ result.answer }}.
        goto: look
      - { if: 'result.answer == "no, \\"look\\""', goto: stop }
      - { finding: It was stopped., goto: stop }
${ENDS}`;

describe('choices that say where they lead', () => {
  test('are a list of choices and the clauses of next', () => {
    const [one, other] = [BY_CHOICE, WRITTEN_OUT].map((text) => parsed(text, 'asks.yaml'));
    const conditions = [one, other].map((runbook) =>
      runbook?.steps[0]?.next.map(({ if: condition, finding, goto }) => ({
        condition: condition?.text,
        finding: finding?.text,
        goto,
      })),
    );
    expect(conditions[0]).toEqual(conditions[1]);
    expect(conditions[0]).toHaveLength(4);
    expect(one?.steps[0]?.does).toMatchObject({
      answer: 'choice',
      choices: ['end here', 'no, "look"', 'stop'],
    });
    const graphs = [one, other].map((runbook) => runbook && mermaidGraph(runbookGraph(runbook)));
    expect(graphs[0]).toBe(graphs[1]);
  });

  test.each([
    ['end here', 'finished'],
    ['no, "look"', 'look.running'],
    ['stop', 'finished'],
  ])('lead there: %s', (value, state) => {
    const run = new Stepper(parsed(BY_CHOICE, 'asks.yaml'));
    run.send({ type: 'ANSWER', value });
    expect(run.state).toBe(state);
  });

  test('lead where the last one leads if the question is skipped', () => {
    const run = new Stepper(parsed(BY_CHOICE, 'asks.yaml'));
    run.send({ type: 'SKIP', reason: 'nobody knows' });
    expect(recorded(run, 'run.finished')).toMatchObject([{ outcome: 'escalated' }]);
  });

  test('can use clauses of a library file, and lead to a step that is given', () => {
    const runbook = parsed(`${HEAD}uses: [ways]
steps:
  - { use: asked, id: which, with: { then: end } }
${ENDS}--- # lib/ways.yaml
templates:
  asked:
    params: { then: { type: step } }
    step:
      ask:
        question: What next?
        choices: { go on: "@{then}", stop: [{ use: stopped }] }
  stopped:
    clauses: [{ finding: It was stopped., goto: stop }]
`);
    const next = runbook.steps[0]?.next.map(({ if: condition, goto }) => [condition?.text, goto]);
    expect(next).toEqual([
      ['result.answer == "go on"', 'end'],
      [undefined, 'stop'],
    ]);
  });

  test.each([
    ['{ go: end, stay: nowhere }', 'there is no step "nowhere"', 'nowhere'],
    ['{ go: end, stay: }', 'the choice "stay" leads nowhere', 'stay'],
    ['{ go: end, stay: { got: end } }', 'unknown key "got"', 'got'],
    ['[]', 'a choice has no choices', ''],
    ['{}', 'a choice has no choices', ''],
    ['{ go: end, stay: look }\n    next: end', 'each choice says where it leads', 'next'],
  ])('that cannot be read are reported: %s', (choices, message, at) => {
    const text = `${HEAD}steps:
  - id: which
    ask:
      question: What next?
      choices: ${choices}
${ENDS}`;
    const result = parseRunbook({ file: 'asks.yaml', text });
    const problems: readonly Diagnostic[] = result.ok ? [] : result.diagnostics;
    expect(problems.map((one) => one.message)).toContain(message);
    const { span } = problems.find((one) => one.message === message) ?? {};
    if (at !== '') expect(text.slice(span?.start, span?.end)).toBe(at);
  });
});
