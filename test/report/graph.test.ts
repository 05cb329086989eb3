import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { FINISHED, runbookGraph } from '#report/graph/drawing.ts';
import { mermaidGraph } from '#report/graph/mermaid.ts';
import { svgGraph } from '#report/graph/svg.ts';
import { parsed, shipped } from '../fixtures/compiled.ts';

const runbook = parsed(`
name: inline
title: Say "hello"
summary: A graph.
steps:
  - { id: look, title: Look <here> & there, effect: read, shell: ls, next: [{ if: 'error.kind == "exit"', goto: end }] }
  - { id: change, phase: fix, effect: destructive, shell: rm x, next: [{ if: result.exit_code == 0, goto: look }, { if: result.exit_code == 1, goto: look }] }
  - { id: end, phase: verify, ask: Why?, next: [{ if: 'result.answer == "end"', goto: done }] }
  - { id: pause, wait: 1s }
  - { id: done, finish: { outcome: resolved, summary: Done } }
  - { id: left_over, if: '1 == 1', manual: Nobody comes here }
`);
const PATH = ['look', 'change', 'look', 'end', 'left_over', FINISHED];

test('a runbook is drawn with its phases, conditions and gates, in the order of the file', () => {
  expect(mermaidGraph(runbookGraph(runbook))).toMatchInlineSnapshot(`
    "flowchart TD
      subgraph Phase1["Diagnose"]
        look["Look #60;here#62; #38; there"]
      end
      subgraph Phase2["Fix"]
        change{{"change"}}
      end
      subgraph Phase3["Verify"]
        Step_end[/"end"/]
        pause("pause")
        done(["done<br/>ends resolved"])
        left_over[/"left over<br/>only if 1 == 1"/]
      end
      finished(["end"])
      look -->|"error.kind == #34;exit#34;"| Step_end
      look -->|"otherwise"| change
      change -->|"result.exit_code == 0<br/>or result.exit_code == 1"| look
      change -->|"otherwise"| Step_end
      Step_end -->|"result.answer == #34;end#34;"| done
      Step_end -->|"otherwise"| pause
      pause --> done
      left_over --> finished
      classDef destructive stroke:#cf222e,stroke-width:3px
      class change destructive
    "
  `);
});

test('the path of a run is drawn thick, with how often, and where the operator went by hand', () => {
  expect(mermaidGraph(runbookGraph(runbook, PATH)).split('\n').slice(-16)).toMatchInlineSnapshot(`
    [
      "  finished(["end"])",
      "  look ==>|"error.kind == #34;exit#34;"| Step_end",
      "  look ==>|"otherwise"| change",
      "  change ==>|"result.exit_code == 0<br/>or result.exit_code == 1"| look",
      "  change -->|"otherwise"| Step_end",
      "  Step_end -->|"result.answer == #34;end#34;"| done",
      "  Step_end -->|"otherwise"| pause",
      "  pause --> done",
      "  left_over ==> finished",
      "  Step_end -.->|"by hand"| left_over",
      "  classDef destructive stroke:#cf222e,stroke-width:3px",
      "  class change destructive",
      "  classDef visited fill:#ddf4ff,color:#1f2328",
      "  class look,change,Step_end,left_over,finished visited",
      "  linkStyle 0,1,2,7,8 stroke:#0969da,stroke-width:4px",
      "",
    ]
  `);
});

test('a title is no directive to Mermaid', () => {
  const title = "%%{init: {'theme': 'dark'}}%% 100% full";
  const hostile = parsed(`
name: hostile
title: Hostile
summary: It is drawn.
steps:
  - { id: look, title: "${title}", manual: Look. }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`);
  const drawn = mermaidGraph(runbookGraph(hostile));
  expect(drawn).not.toMatch(/%%|%\{/);
  expect(drawn).toContain('100% full');
});

test('what a run entered inside a step is no step of the drawing', () => {
  const inside = ['look', 'look/part', 'change'];
  expect(runbookGraph(runbook, inside)).toEqual(runbookGraph(runbook, ['look', 'change']));
});

test('every step of a shipped runbook can be reached in its graph', () => {
  const graph = runbookGraph(shipped('pool-exhausted'));
  const reached = new Set([graph.nodes[0]?.id, ...graph.edges.map(({ to }) => to)]);
  expect(graph.nodes.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual([]);
});

describe('a picture', () => {
  type Lane = { readonly from: number; readonly to: number };
  const overlap = (a: Lane, b: Lane) =>
    Math.min(a.from, a.to) <= Math.max(b.from, b.to) &&
    Math.min(b.from, b.to) <= Math.max(a.from, a.to);
  const numbers = (svg: string, pattern: RegExp) =>
    [...svg.matchAll(pattern)].map(([, number]) => Number(number));

  test('holds every step, every condition and every gate, as text that is only text', () => {
    const svg = svgGraph(runbookGraph(runbook));
    expect(svg).toContain('>Look &#60;here&#62; &#38; there</text>');
    expect(svg).toContain('>error.kind == &#34;exit&#34; → 3</text>');
    expect(svg).toContain('>2 · GATE · DESTRUCTIVE</text>');
    expect(svg).not.toContain('<here>');
  });

  test('puts no step over another, and no lane over another', () => {
    for (const graph of [runbookGraph(runbook), runbookGraph(shipped('pool-exhausted'))]) {
      const svg = svgGraph(graph);
      const boxes = [...svg.matchAll(/class="box" x="\d+" y="([\d.]+)".*? height="([\d.]+)"/g)].map(
        ([, y, height]) => ({ top: Number(y), bottom: Number(y) + Number(height) }),
      );
      expect(boxes.length).toBe(graph.nodes.length);
      for (const [index, { bottom }] of boxes.entries())
        expect(bottom).toBeLessThan(boxes[index + 1]?.top ?? Number.POSITIVE_INFINITY);
      const lanes = [...svg.matchAll(/d="M[\d.]+ ([\d.]+)H(\d+)V([\d.]+)H/g)].map(
        ([, from, x, to]) => ({ from: Number(from), x: Number(x), to: Number(to) }),
      );
      expect(lanes.length).toBeGreaterThan(2);
      const pairs = lanes.flatMap((a) => lanes.map((b) => ({ a, b })));
      const shared = pairs.filter(({ a, b }) => a.x === b.x && a.to !== b.to);
      expect(shared.filter(({ a, b }) => overlap(a, b))).toEqual([]);
      const right = Math.max(...numbers(svg, /H(\d+)V/g));
      expect(right).toBeLessThan(numbers(svg, /<svg [^>]*? width="(\d+)"/g)[0] ?? 0);
    }
  });

  test('draws the path of a run thick, fades what was not visited, and counts', () => {
    const svg = svgGraph(runbookGraph(runbook, PATH));
    expect(svg).toContain('1 · READ · 2 TIMES');
    expect(svg.match(/class="way taken"/g)).toHaveLength(4);
    expect(svg.match(/class="way taken by-hand"/g)).toHaveLength(1);
    expect(svg).toContain('<g class="node pause passed-by">');
  });

  const hasRenderer = spawnSync('rsvg-convert', ['--version']).status === 0;
  test.skipIf(!hasRenderer)('is one that rsvg-convert takes, where it is installed', () => {
    const png = execFileSync('rsvg-convert', [], { input: svgGraph(runbookGraph(runbook, PATH)) });
    expect(png.subarray(1, 4).toString()).toBe('PNG');
  });
});
