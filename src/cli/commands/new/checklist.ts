/** A runbook of questions and instructions, for what no command can do. */
export const checklist = {
  runbook: `summary: Say in a sentence what is going on.
symptoms:
  - a text that stands in the logs when this happens
impact: Say who feels it and how.

steps:
  - id: scope
    title: Who is affected?
    why: Say what the answer decides.
    phase: diagnose
    ask:
      question: Who is affected?
      choices: [everybody, some, nobody]
    next:
      - if: result.answer == "nobody"
        finding: Nobody is affected.
        goto: false_alarm
      - finding: "It affects \${{ result.answer }}."
        goto: announce

  - id: announce
    title: Tell those who wait
    why: People who know what is going on do not open more tickets.
    manual: Write into the status page who is affected and when you will write again.

  - id: mend
    title: Do what mends it
    phase: fix
    manual: Say exactly what to do, where, and how to see that it is done.
    next:
      - if: result.done
        goto: resolved
      - finding: It could not be done.
        goto: hand_over

  - id: hand_over
    phase: verify
    finish: { outcome: escalated, summary: "Say who takes over, and what they need to know." }

  - id: false_alarm
    finish: { outcome: resolved, summary: It was a false alarm. }

  - id: resolved
    finish: { outcome: resolved, summary: It was mended by hand. }
prevention:
  - Say what keeps this from coming back.
`,
  cases: `cases:
  - name: it is mended by hand
    answers:
      - { answer: scope, with: some }
      - { done: announce, evidence: written at 10:00 }
      - { done: mend, evidence: the page loads again }
    expect:
      path: [scope, announce, mend, resolved]
      outcome: resolved
      findings: [It affects some]

  - name: nobody is affected
    answers:
      - { answer: scope, with: nobody }
    expect:
      path: [scope, false_alarm]
      outcome: resolved

  - name: what cannot be mended is handed over
    answers:
      - { answer: scope, with: everybody }
      - { done: announce, evidence: written at 10:00 }
      - { not_done: mend, evidence: nobody has the key }
    expect:
      path: [scope, announce, mend, hand_over]
      outcome: escalated
`,
};
