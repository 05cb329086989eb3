import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import type { ConfigDocument, EnvironmentDocument } from './schema.ts';

/** A part of a config file whose values an environment has, with what stands for its `{part}`s. */
export type Layer = {
  readonly document: EnvironmentDocument;
  readonly path: readonly string[];
  readonly parts: Readonly<Record<string, string>>;
};

/** An environment by name: its layers, the weakest first. */
export type LayeredEnvironment = { readonly name: string; readonly layers: readonly Layer[] };

/** The most environments that a config file can define. */
const MOST = 5_000;
const PART = /\{([a-z][a-z0-9_]*)\}/g;

/**
 * Returns the environments of a config file. A name such as `{service}-{stage}` stands for one
 * environment for each combination of its parts. The layers of an environment are `defaults`, what
 * it extends, the pattern that gives its name, and what is written under its own name.
 */
export function layeredEnvironments(
  config: ConfigDocument,
  root: LocatedNode,
): {
  readonly environments: readonly LayeredEnvironment[];
  readonly problems: readonly Diagnostic<string>[];
} {
  const reader = new LayerReader(config, root);
  return { environments: reader.environments(), problems: reader.problems };
}

class LayerReader {
  readonly problems: Diagnostic<string>[] = [];
  readonly #config: ConfigDocument;
  readonly #root: LocatedNode;
  /** The layers under each name: of the pattern, then its own. */
  readonly #own = new Map<string, Layer[]>();

  constructor(config: ConfigDocument, root: LocatedNode) {
    this.#config = config;
    this.#root = root;
  }

  environments(): readonly LayeredEnvironment[] {
    const written = Object.entries(this.#config.environments ?? {});
    for (const [key, document] of written) if (isPattern(key)) this.#expand(key, document);
    for (const [key, document] of written) if (!isPattern(key)) this.#plain(key, document);
    const { defaults } = this.#config;
    const base = defaults ? [{ document: defaults, path: ['defaults'], parts: {} }] : [];
    return [...this.#own.keys()].map((name) => ({
      name,
      layers: [...base, ...this.#layersOf(name, [])],
    }));
  }

  #plain(name: string, document: EnvironmentDocument): void {
    const path = ['environments', name];
    if (document.parts !== undefined)
      this.#report(
        [...path, 'parts'],
        `"${name}" has no {part} in its name`,
        'name the parts: "{service}-{stage}"',
      );
    this.#own.set(name, [...(this.#own.get(name) ?? []), { document, path, parts: {} }]);
  }

  #expand(key: string, document: EnvironmentDocument): void {
    const path = ['environments', key];
    const names = [...key.matchAll(PART)].map(([, name = '']) => name);
    const parts = document.parts ?? {};
    for (const name of names)
      if (parts[name] === undefined)
        this.#report(path, `the values of {${name}} are missing`, `add parts: { ${name}: [a, b] }`);
    for (const name of Object.keys(parts))
      if (!names.includes(name))
        this.#report(
          [...path, 'parts', name],
          `"${key}" has no {${name}}`,
          didYouMean(name, names),
        );
    const combinations = combined(names.map((name) => [name, parts[name] ?? []]));
    if (combinations === undefined) {
      const hint = 'split the file, or list fewer values';
      this.#report(path, `this stands for more than ${MOST} environments`, hint);
      return;
    }
    for (const values of combinations) this.#add(key, document, values);
  }

  #add(key: string, document: EnvironmentDocument, parts: Readonly<Record<string, string>>): void {
    const path = ['environments', key];
    const name = filled(key, parts);
    const [before] = this.#own.get(name) ?? [];
    if (before === undefined) this.#own.set(name, [{ document, path, parts }]);
    else
      this.#report(
        path,
        `"${name}" is also an environment of "${before.path[1]}"`,
        'let each name come from one pattern, with one value for each part',
      );
  }

  /** Returns the layers of an environment or base without `defaults`; `above` leads to it. */
  #layersOf(name: string, above: readonly string[]): readonly Layer[] {
    return this.#written(name).flatMap((layer) => {
      const wanted = layer.document.extends;
      const inherited = (typeof wanted === 'string' ? [wanted] : (wanted ?? [])).flatMap((one) =>
        this.#inherited(filled(one, layer.parts), [...above, name], layer),
      );
      return [...inherited, layer];
    });
  }

  #inherited(name: string, above: readonly string[], { path }: Layer): readonly Layer[] {
    const at = [...path, 'extends'];
    if (above.includes(name)) {
      const circle = [...above.slice(above.indexOf(name)), name].join(' → ');
      this.#report(at, `this extends itself: ${circle}`, 'remove one of these extends:');
      return [];
    }
    if (this.#written(name).length === 0) {
      const known = [...Object.keys(this.#config.bases ?? {}), ...this.#own.keys()];
      const hint = didYouMean(name, known) ?? 'define it under bases:';
      this.#report(at, `there is no base or environment "${name}"`, hint);
      return [];
    }
    return this.#layersOf(name, above);
  }

  /** A base hides the environment of the same name. */
  #written(name: string): readonly Layer[] {
    const bases = this.#config.bases ?? {};
    const base = Object.hasOwn(bases, name) ? bases[name] : undefined;
    return base === undefined
      ? (this.#own.get(name) ?? [])
      : [{ document: base, path: ['bases', name], parts: {} }];
  }

  #report(path: readonly string[], message: string, hint: string | undefined): void {
    this.problems.push(errorAt('wrong-value', this.#spanOf(path), message, hint));
  }

  #spanOf(path: readonly string[]): Span {
    const parent = nodeAt(this.#root, path.slice(0, -1));
    const entry = parent?.kind === 'mapping' ? parent.entries.get(path.at(-1) ?? '') : undefined;
    return entry?.key ?? this.#root.span;
  }
}

function isPattern(key: string): boolean {
  return key.includes('{');
}

/** Returns every combination of the values of parts; undefined if there are too many. */
function combined(
  parts: readonly (readonly [name: string, values: readonly string[]])[],
): readonly Readonly<Record<string, string>>[] | undefined {
  const count = parts.reduce((product, [, values]) => product * values.length, 1);
  if (count > MOST) return undefined;
  return parts.reduce<readonly Readonly<Record<string, string>>[]>(
    (all, [name, values]) =>
      all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/**
 * Returns a text with `{part}` replaced by the value of that part, and `{PART}` by the same in upper
 * case with `_` for `-`, as in the names of variables. Other braces stay.
 */
export function filled(text: string, parts: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)\}/g, (whole, name: string) => {
    const own = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (own !== undefined) return own;
    const lower = name.toLowerCase();
    const value = name !== lower && Object.hasOwn(parts, lower) ? parts[lower] : undefined;
    return value?.toUpperCase().replaceAll('-', '_') ?? whole;
  });
}
