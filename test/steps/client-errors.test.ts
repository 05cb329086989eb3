import { expect, test } from 'vitest';
import { clientError } from '#steps/remote/client-error.ts';
import { DOCKER_RULES } from '#steps/remote/docker.ts';
import { KUBERNETES_RULES } from '#steps/remote/kubernetes.ts';
import { SSH_RULES } from '#steps/remote/ssh-rules.ts';
import { CLIENT_ERROR_TEXTS } from '../fixtures/client-error-texts.ts';

const RULES = { ssh: SSH_RULES, docker: DOCKER_RULES, kubectl: KUBERNETES_RULES };

test.each(CLIENT_ERROR_TEXTS)(
  '$client ($from) says $kind: $text',
  ({ client, text, kind, phase }) => {
    const { message, hint: _, ...known } = clientError(text, RULES[client], 'the place');
    expect(known).toEqual(phase === undefined ? { kind } : { kind, phase });
    expect(message).toMatch(/./);
    expect(message).not.toMatch(/^E\d{4} |[\r\n]/);
  },
);

test.each(['docker', 'kubectl'] as const)(
  'every rule for %s is the first for a text: none is hidden by an earlier one',
  (client) => {
    const texts = CLIENT_ERROR_TEXTS.filter((each) => each.client === client);
    const rules = RULES[client];
    const first = texts.map(({ text }) => rules.find((rule) => rule.text?.test(text)));
    const hidden = rules.filter((rule) => !first.includes(rule));
    expect(hidden.map(({ text }) => text)).toEqual([]);
  },
);

test.each(CLIENT_ERROR_TEXTS.filter(({ from }) => /sh$|runc|crun|containerd|busybox/.test(from)))(
  'a place without bash is said to have none: $from',
  ({ client, text }) => {
    const { message } = clientError(text, RULES[client], 'docker orders-db');
    expect(message).toBe('there is no bash in docker orders-db');
  },
);

test('what no rule knows is shown as it is, its last line', () => {
  expect(clientError('one\r\n\r\ntwo  \r\n', SSH_RULES, 'ssh web-1')).toEqual({
    kind: 'unknown',
    message: 'two',
  });
});

test('a client that says nothing is not quoted', () => {
  expect(clientError('', SSH_RULES, 'ssh web-1').message).toBe(
    'ssh web-1 closed the connection without a message',
  );
});
