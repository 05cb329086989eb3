import { describe, expect, test } from 'vitest';
import { codesOf, stepOf } from '../fixtures/one-step.ts';

const PUT = 'method: PUT, url: "https://h/x"';

describe('a request', () => {
  test('has a result with a status, a text and JSON', () => {
    const reads =
      'next: [{ if: result.status == 200 && result.json.a.b == 1 && result.text != "" }]';
    expect(codesOf(`http: { url: "https://h/x" }, ${reads}`)).toEqual([]);
    expect(codesOf('http: { url: "https://h/x" }, expect: result.rows == null')).toEqual([
      'unknown-name',
    ]);
  });

  test('can be verified and undone by requests, repeated, waited for and made beside others', () => {
    const get = 'http: { url: "https://h/x" }';
    expect(codesOf(`http: { ${PUT} }, verify: { ${get}, until: result.json.ok }`)).toEqual([]);
    expect(codesOf(`http: { ${PUT} }, undo: { http: { ${PUT} } }`)).toEqual([]);
    expect(codesOf(`wait: { ${get}, until: result.status == 200, within: 5s }`)).toEqual([]);
    expect(codesOf(`parallel: [{ id: a, ${get} }, { id: b, ${get} }]`)).toEqual([]);
    expect(codesOf(`for_each: '["a"]', http: { url: "https://h/\${{ item }}" }`)).toEqual([]);
  });

  test('may have secrets anywhere but in what people are told', () => {
    const secret = '${{ inputs.database_url }}';
    expect(
      codesOf(`http: { ${PUT}, headers: { A: "${secret}" }, json: { a: "${secret}" } }`),
    ).toEqual([]);
    expect(codesOf(`http: { ${PUT}, ca: "${secret}" }`)).toEqual(['secret-in-text']);
  });

  test('is sent after half a minute at most', () => {
    expect(stepOf('http: { url: "https://h/x" }').does).toMatchObject({ timeoutMs: 30_000 });
  });
});

describe('a mistake in a request is reported', () => {
  test.each([
    ['url: "h/x"', 'wrong-value'],
    ['url: "ftp://h/x"', 'wrong-value'],
    ['url: "https://h/", method: TRACE', 'wrong-value'],
    ['url: "https://h/", method: "${{ inputs.port }}"', 'wrong-value'],
    ['url: "https://h/", json: {}', 'keys-conflict'],
    [`${PUT}, json: {}, body: x`, 'keys-conflict'],
    [`${PUT}, headers: { "A B": x }`, 'wrong-value'],
    [`${PUT}, headers: { Content-Length: "3" }`, 'wrong-value'],
    [`${PUT}, headers: { A: x, a: y }`, 'wrong-value'],
    [`${PUT}, ok_status: [2000]`, 'wrong-value'],
    [`${PUT}, json: { "\${{ inputs.port }}": 1 }`, 'placeholder-as-code'],
  ])('%s', (http, code) => {
    expect(codesOf(`http: { ${http} }`)).toEqual([code]);
  });

  test('also a target, since it is made from this machine', () => {
    expect(codesOf('on: shop, http: { url: "https://h/x" }')).toEqual(['unknown-key']);
  });
});
