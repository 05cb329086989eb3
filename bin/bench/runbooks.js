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
