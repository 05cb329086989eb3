import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a runbook of trivial steps with a branch on each, and returns its path. */
export async function writeSteps(folder, count) {
  const steps = Array.from({ length: count }, (_, index) => {
    const i = index + 1;
    return `  - id: step_${i}
    shell: echo step-${i}
    effect: read
    next:
      - if: result.stdout == "step-${i}\\n"
        goto: ${i === count ? 'done' : `step_${i + 1}`}
      - goto: broken
`;
  });
  return await write(
    folder,
    `steps-${count}`,
    `${steps.join('')}  - id: broken
    finish: { outcome: unresolved, summary: A step printed something else. }
`,
  );
}

/** Writes a runbook whose one step prints a gigabyte of lines, and returns its path. */
export async function writeFlood(folder) {
  // Every three bytes become four: 2^30 of them, and the line ends.
  const step = `  - id: flood
    shell: head -c ${(3 * 2 ** 30) / 4} /dev/zero | base64
    effect: read
    timeout: 10m
`;
  return await write(folder, 'flood', step);
}

const LINE =
  '2026-11-21T03:00:00Z INFO [worker-7] order placed in 12 ms, 3 items, total 123.45 EUR';
const forever = (body) => `awk 'BEGIN { for (i = 1; ; i++) ${body} }'`;

/** Steps that print until they are ended, each as fast as it is read. */
const FLOODS = {
  lines: forever(`print i, "${LINE}"`),
  'one write a line': forever(`{ print i, "${LINE}"; fflush() }`),
  'colours and moves': forever(
    `printf "\\033[31mERROR\\033[0m \\033[2K\\033[1;1H\\a%d ${LINE}\\n", i`,
  ),
  'no line ends': `printf 'items\\n'; ${forever(`printf "%d ${LINE} ", i`)}`,
};

/** Writes a runbook for each kind of flood, and returns their paths by its name. */
export async function writeFloods(folder) {
  const written = Object.entries(FLOODS).map(async ([kind, script]) => {
    const step = `  - id: flood
    title: Print
    shell: ${JSON.stringify(script)}
    effect: read
    read_because: it only prints
    timeout: 10m
`;
    return [kind, await write(folder, `flood-${kind.replaceAll(' ', '-')}`, step)];
  });
  return Object.fromEntries(await Promise.all(written));
}

async function write(folder, name, steps) {
  const path = join(folder, `${name}.yaml`);
  const text = `name: ${name}
title: A benchmark
summary: Trivial steps.
steps:
${steps}  - id: done
    finish: { outcome: resolved, summary: All steps ran. }
`;
  await writeFile(path, text);
  return path;
}
