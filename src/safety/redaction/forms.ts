/**
 * Returns the forms of a secret that decoding does not undo: unchanged, quoted for a shell or for
 * SQL, and {@link encodedForms}; also its usual percent-encoded and JSON forms, in case the secret
 * itself, or the text around it, looks encoded.
 */
export function formsOf(secret: string): Set<string> {
  const value = secret.toWellFormed();
  return new Set(
    [value, value.trim()].flatMap((text) => [
      text,
      ...percentForms(text),
      ...jsonForms(text),
      text.replaceAll("'", `'\\''`),
      text.replaceAll("'", `'"'"'`),
      text.replaceAll("'", "''"),
      text.replaceAll('"', '""'),
      ...encodedForms(text),
    ]),
  );
}

function percentForms(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replace(/[!'()*]/g, percent);
  const forms = [
    component,
    strict,
    // HTML forms, Python's quote and quote_plus, Go's url.UserPassword and JavaScript's encodeURI.
    component.replace(/[!'()~]/g, percent).replaceAll('%20', '+'),
    strict.replaceAll('%2F', '/'),
    strict.replaceAll('%20', '+'),
    component.replace(/%(?:24|26|2B|2C|3B|3D)/g, decodeURIComponent),
    encodeURI(text),
    text.replaceAll(' ', '+'),
    // Manual encoding: only the characters that would break the URL.
    text.replace(/[%@/:?#[\] ]/g, percent),
    text.replace(/[@/:?#[\] ]/g, percent),
  ];
  return forms.flatMap((form) => [
    form,
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function jsonForms(text: string): string[] {
  const once = JSON.stringify(text).slice(1, -1);
  return [once, JSON.stringify(once).slice(1, -1)];
}

/**
 * Returns a secret in hexadecimal and in Base64: at each of its three alignments within a longer
 * text (up to four bits remain in the characters at either end), and encoded twice.
 */
export function encodedForms(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  const once = base64Forms(bytes);
  const wrapped = [64, 76].map((width) => `${base64Of(bytes).replace(everyNth(width), '$&\n')}`);
  const twice = [...once, ...wrapped].flatMap((form) =>
    base64Forms(new TextEncoder().encode(form)),
  );
  return [...hexForms(text), ...new Set([...once, ...twice])];
}

function everyNth(width: number): RegExp {
  return new RegExp(`.{${width}}(?=.)`, 'g');
}

/** Returns a text in hexadecimal, in both cases, with and without separators. */
export function hexForms(text: string): string[] {
  const pairs = Array.from(new TextEncoder().encode(text), (byte) =>
    byte.toString(16).padStart(2, '0'),
  );
  const forms = ['', ' ', ':'].map((between) => pairs.join(between));
  return forms.flatMap((form) => [form, form.toUpperCase()]);
}

function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const bits = (shift + bytes.length) * 8;
    const shifted = new Uint8Array(shift + bytes.length);
    shifted.set(bytes, shift);
    const whole = base64Of(shifted).slice(Math.ceil((shift * 8) / 6), Math.floor(bits / 6));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
