import { expect, test } from 'vitest';
import { constantCondition } from '#runbook/expression/constant-condition.ts';

test.each([
  '1 == 1',
  '"a" < "b"',
  '!(1 == 2)',
  'result.row_count >= 0',
  '0 <= result.row_count',
  '-1 < result.row_count',
  'result.rows.size() >= 0',
  'size(result.rows) != -1',
  'result.text == result.text',
  'error.kind != "tls" || error.kind != "auth"',
  '"tls" != error.kind || error.kind != "auth"',
  'result.free > 3 || true',
])('is true whatever it reads: %s', (text) => {
  expect(constantCondition(text)?.is).toBe(true);
});

test.each([
  'result.row_count < 0',
  '0 > result.row_count',
  'result.row_count == -1',
  'result.text != result.text',
  'error.kind == "tls" && error.kind == "auth"',
  'result.free > 3 && false',
])('is false whatever it reads: %s', (text) => {
  expect(constantCondition(text)?.is).toBe(false);
});

test.each([
  'result.row_count > 0',
  'result.row_count != 0',
  'result.row_count <= 0',
  'result.free >= 0',
  'result.free > -1',
  'error.kind != "tls" || result.free != "auth"',
  'error.kind != "tls" && error.kind != "auth"',
  'error.kind == "tls" || error.kind == "auth"',
  'error.kind == "tls" && error.kind == "tls"',
  'result.free > 3 || false',
  'has(result.row_count)',
  'true',
  'false',
  'result.free == ',
  '"1" == 1',
])('depends on what it reads, or is meant: %s', (text) => {
  expect(constantCondition(text)).toBeUndefined();
});
