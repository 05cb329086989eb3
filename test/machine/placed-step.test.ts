import { expect, test } from 'vitest';
import { firstStepOf, frameOfStep, placedSteps, qualified } from '#machine/placed-step.ts';
import { parsed } from '../fixtures/compiled.ts';

const CHILD = `
name: child
title: Child
summary: It looks.
targets: { db: { database: 'postgres://localhost/shop' } }
steps:
  - { id: look, effect: read, sql: SELECT 1 }
  - id: both
    parallel:
      - { id: slots, effect: read, sql: SELECT 1 }
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;
const PARENT = `
name: parent
title: Parent
summary: It calls.
prerequisites:
  - A cup of coffee
  - { text: It answers, sql: SELECT 1, on: db, expect: result.row_count == 1 }
targets: { db: { database: 'postgres://localhost/shop' } }
steps:
  - { id: call, runbook: child }
  - { id: each, for_each: '[1]', runbook: child }
  - { id: after, manual: Look. }
`;

function parent() {
  return parsed(PARENT, 'parent', { child: CHILD });
}

test('every step has its place: the story it is in, what comes next, and what comes at the end', () => {
  const places = [...placedSteps(parent()).values()].map(
    ({ id, name, frame, slot, order, end, parent, isPrerequisite, phase }) =>
      [id, name, frame, slot, order, end, parent, isPrerequisite, phase].map(String).join(' '),
  );
  const end = '#run.finished';
  expect(places).toEqual([
    `prerequisite-2 prerequisite-2  undefined call ${end} undefined true diagnose`,
    `call call  undefined each ${end} undefined false diagnose`,
    'call/look look call undefined call/both #run.call.returned call false diagnose',
    'call/both both call undefined call/done #run.call.returned call false diagnose',
    'call/slots slots call call/slots undefined #run.call.returned call/both false diagnose',
    'call/done done call undefined undefined #run.call.returned call false diagnose',
    `each each  undefined after ${end} undefined false diagnose`,
    'each/look look each undefined each/both #run.each.item.returned each false diagnose',
    'each/both both each undefined each/done #run.each.item.returned each false diagnose',
    'each/slots slots each each/slots undefined #run.each.item.returned each/both false diagnose',
    'each/done done each undefined undefined #run.each.item.returned each false diagnose',
    `after after  undefined undefined ${end} undefined false diagnose`,
  ]);
});

test('the check of a prerequisite is called as that is, and comes first', () => {
  expect(firstStepOf(parent())).toBe('prerequisite-2');
  expect(placedSteps(parent()).get('prerequisite-2')?.title).toBe('It answers');
});

test('an id says which runbook its step is in', () => {
  expect([qualified('', 'one'), qualified('call', 'one')]).toEqual(['one', 'call/one']);
  expect(['one', 'call/one', 'a/b/one'].map(frameOfStep)).toEqual(['', 'call', 'a/b']);
});
