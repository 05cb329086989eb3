import { hash } from 'node:crypto';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of results: for each group, Stryker's report and the sha256 of every file as it was measured. */
export class Kept {
  constructor(folder) {
    this.folder = folder;
  }

  /** Returns a file or folder in it. */
  at(...names) {
    return join(this.folder, ...names);
  }

  /** Returns the file of a group's report. */
  reportOf(group) {
    return this.at(`${group}.json`);
  }

  /** Returns the sha256 of each measured file of a group. */
  async measured(group) {
    return await readJson(this.#noteOf(group), {});
  }

  /** Notes that files are measured, as they are in the group's report. */
  async noteMeasured(group, files) {
    const report = await readJson(this.reportOf(group), { files: {} });
    const known = await this.measured(group);
    for (const file of files) {
      const source = report.files[file]?.source;
      if (source !== undefined) known[file] = hash('sha256', source, 'hex');
    }
    await this.#write(this.#noteOf(group), known);
  }

  /** Adds the results of files to a group's report; those of files that no longer exist are removed. */
  async add(group, results) {
    const report = await readJson(this.reportOf(group), {
      schemaVersion: '1.0',
      thresholds: { high: 90, low: 80 },
      files: {},
    });
    Object.assign(report.files, results);
    for (const file of Object.keys(report.files))
      if (!(await isThere(file))) delete report.files[file];
    await this.#write(this.reportOf(group), report);
    await this.noteMeasured(group, Object.keys(results));
  }

  #noteOf(group) {
    return this.at(`${group}.measured.json`);
  }

  async #write(file, value) {
    await mkdir(this.folder, { recursive: true });
    await writeFile(file, JSON.stringify(value));
  }
}

/** Returns the sha256 of a file, in hex. */
export async function sha256Of(file) {
  return hash('sha256', await readFile(file), 'hex');
}

/** Returns whether a file exists. */
export async function isThere(file) {
  return await access(file).then(
    () => true,
    () => false,
  );
}

/** Returns what a file of JSON holds; `otherwise` if there is no such file. */
export async function readJson(file, otherwise) {
  return (await isThere(file)) ? JSON.parse(await readFile(file, 'utf8')) : otherwise;
}
