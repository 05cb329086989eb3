import { expect, test } from 'vitest';
import { dotGraph, mermaidGraph } from '../src/report/graph-text.ts';
import { runbookGraph } from '../src/report/runbook-graph.ts';
import { parsed, shipped } from './fixtures/compiled.ts';

const runbook = parsed(`
name: inline
title: Say "hello"
summary: A graph.
steps:
  - { id: look, title: Look <here>, effect: read, shell: ls, next: [{ if: 'error.kind == "exit"', goto: ask }] }
  - { id: change, effect: destructive, shell: rm x, next: [{ goto: look }] }
  - { id: ask, ask: Why?, next: [{ if: 'result.answer == "end"', goto: done }] }
  - { id: pause, wait: 1s }
  - { id: done, finish: { outcome: resolved, summary: Done } }
  - { id: left_over, manual: Nobody comes here }
`);

test('a runbook is drawn with its conditions, its gates and the order of the file', () => {
  expect(mermaidGraph(runbookGraph(runbook))).toMatchInlineSnapshot(`
    "flowchart TD
      look["Look #60;here#62;"]
      change{{"change"}}
      ask[/"ask"/]
      pause["pause"]
      done(["done"])
      left_over[/"left over"/]
      finished(["end"])
      look -->|"error.kind == #34;exit#34;"| ask
      look --> change
      change --> look
      ask -->|"result.answer == #34;end#34;"| done
      ask --> pause
      pause --> done
      left_over --> finished
      classDef gate stroke:#c33,stroke-width:3px
      class change gate
    "
  `);
});

test('the path of a run is drawn thick, and repeated steps say how often', () => {
  const path = ['look', 'change', 'look', 'ask', 'done'];
  expect(dotGraph(runbookGraph(runbook, path))).toMatchInlineSnapshot(`
    "digraph "Say \\"hello\\"" {
      rankdir=TB;
      "look" [label="Look <here> (2 times)", shape=box];
      "change" [label="change", shape=octagon, color="#cc3333", penwidth=3];
      "ask" [label="ask", shape=parallelogram];
      "pause" [label="pause", shape=box];
      "done" [label="done", shape=box, style=rounded];
      "left_over" [label="left over", shape=parallelogram];
      "finished" [label="end", shape=doublecircle];
      "look" -> "ask" [label="error.kind == \\"exit\\"", penwidth=3];
      "look" -> "change" [penwidth=3];
      "change" -> "look" [penwidth=3];
      "ask" -> "done" [label="result.answer == \\"end\\"", penwidth=3];
      "ask" -> "pause";
      "pause" -> "done";
      "left_over" -> "finished";
    }
    "
  `);
});

test('every step of a shipped runbook can be reached in its graph', () => {
  const graph = runbookGraph(shipped('pool-exhausted'));
  const reached = new Set([graph.nodes[0]?.id, ...graph.edges.map(({ to }) => to)]);
  expect(graph.nodes.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual([]);
});
