#!/usr/bin/env node
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 12)) {
  module.enableCompileCache?.();
  await import('../dist/main.js');
} else {
  process.stderr.write(
    `runbook needs Node 22.12 or newer; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exitCode = 5;
}
