/** A read that prints and waits for a file, and a destructive step: something to watch and to hand over. */
export const RELAY = `name: relay
title: A relay
summary: Two people, one run.
severity: high
steps:
  - id: look
    title: Look at it
    phase: diagnose
    effect: read
    read_because: it waits for a file
    shell: 'echo first; while ! [ -e go ]; do sleep 0.05; done; echo second'
    next: [{ finding: Something is stuck., goto: fix }]
  - id: fix
    title: Fix it
    phase: fix
    effect: destructive
    shell: echo fixed > fixed
    confirm: { level: type, phrase: relay, warning: It cannot be taken back. }
  - id: check
    title: Is it fixed?
    phase: verify
    effect: read
    shell: cat fixed
  - id: done
    finish: { outcome: resolved, summary: It is fixed. }
`;
