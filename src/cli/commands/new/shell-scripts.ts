import type { Scaffold } from './scaffold.ts';

/** How a target is written, by where it is. */
const TARGETS: Readonly<Record<string, string>> = {
  local: 'local: true',
  ssh: 'ssh: deploy@web1',
  docker: 'docker: web',
  kubernetes: 'kubernetes: { namespace: prod, deployment: web }',
};

/** Returns a runbook of scripts: looks whether a service runs, restarts it, checks that it stays. */
export function shellScripts(place: string): Scaffold {
  return { runbook: runbook(TARGETS[place] ?? 'local: true'), cases };
}

const runbook = (
  target: string,
) => `summary: Say in a sentence what is going on, e.g. that a service has stopped.
symptoms:
  - a text that stands in the logs when this happens
impact: Say who feels it and how.
inputs:
  service: { default: web, description: The systemd unit that has stopped }
targets:
  app: { ${target} }

steps:
  - id: look
    title: Does the service run?
    why: Say what the answer tells the operator.
    phase: diagnose
    on: app
    effect: read
    shell: systemctl is-active -- \${{ inputs.service }}
    ok_exit: [0, 3]
    next:
      - if: error.kind != "none"
        finding: "The service cannot be looked at: \${{ error.message }}"
        goto: hand_over
      - if: result.exit_code == 0
        finding: \${{ inputs.service }} runs.
        goto: hand_over
      - finding: \${{ inputs.service }} does not run.
        goto: restart

  - id: restart
    title: Restart the service
    why: Say what it costs and what it mends.
    phase: fix
    on: app
    effect: destructive
    shell: systemctl restart -- \${{ inputs.service }}
    confirm:
      phrase: \${{ inputs.service }}
      warning: Requests that are being served are cut off.
    verify:
      shell: systemctl show --property ActiveState --value -- \${{ inputs.service }}
      until: result.stdout.startsWith("active")
      within: 30s
    undo: { none: A restart cannot be taken back. }
    next:
      - if: error.kind != "none"
        finding: It does not come up again.
        goto: hand_over
      - goto: resolved

  - id: hand_over
    phase: verify
    finish: { outcome: escalated, summary: "Say who takes over, and what they need to know." }

  - id: resolved
    finish: { outcome: resolved, summary: "\${{ inputs.service }} runs again." }
prevention:
  - Say what keeps this from coming back.
`;

const cases = `cases:
  - name: a service that has stopped is restarted
    steps:
      look: { exit: 3, stdout: inactive }
      restart:
        result: { exit: 0 }
        verify: { stdout: active }
    answers:
      - confirm: restart
    expect:
      path: [look, restart, resolved]
      outcome: resolved
      findings: [web does not run]
      gates:
        - { step: restart, effect: destructive, level: type, phrase: web }

  - name: a service that runs is left alone
    steps:
      look: { exit: 0, stdout: active }
    expect:
      path: [look, hand_over]
      outcome: escalated
      gates: []

  - name: a place that cannot be reached is handed over
    steps:
      look: { error: unreachable }
    expect:
      path: [look, hand_over]
      outcome: escalated

  - name: the operator declines
    steps:
      look: { exit: 3, stdout: inactive }
    answers:
      - { decline: restart, because: somebody is at it }
    expect:
      path: [look, restart, hand_over]
      outcome: escalated

  - name: a service that does not come up again is handed over
    steps:
      look: { exit: 3, stdout: inactive }
      restart: { error: exit }
    answers:
      - confirm: restart
    expect:
      path: [look, restart, hand_over]
      outcome: escalated
`;
