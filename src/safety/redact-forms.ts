/**
 * Returns every form in which a secret travels: as it is, percent-encoded in the ways that differ
 * between languages, in JSON, quoted for a shell or for SQL, and inside base64 at each of the three
 * alignments it can have there (up to four bits of it remain in the characters at either end).
 * Base64 that is wrapped in the middle of a secret is not recognised.
 */
export function formsOf(secret: string): Set<string> {
  const value = secret.toWellFormed();
  const trimmed = value.trim();
  return new Set(
    [value, trimmed].flatMap((text) => [
      text,
      ...percentForms(text),
      ...jsonForms(text),
      ...quotedForms(text),
      ...base64Forms(text),
    ]),
  );
}

function percentForms(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replace(/[!'()*]/g, percent);
  const url = new URL('postgres://host');
  url.password = text;
  const forms = [
    component,
    strict,
    // HTML forms, Python's quote and quote_plus, Go's url.UserPassword, JavaScript's URL and encodeURI.
    component.replace(/[!'()~]/g, percent).replaceAll('%20', '+'),
    strict.replaceAll('%2F', '/'),
    strict.replaceAll('%20', '+'),
    component.replace(/%(?:24|26|2B|2C|3B|3D)/g, decodeURIComponent),
    url.password,
    encodeURI(text),
    // By hand: only what would break the URL.
    text.replace(/[%@/:?#[\] ]/g, percent),
    text.replace(/[@/:?#[\] ]/g, percent),
    // A URL that stands in a parameter of another one.
    encodeURIComponent(component),
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
  const plain = JSON.stringify(text).slice(1, -1);
  const ascii = plain.replace(/[\u0080-\uffff]/g, unicode);
  return [
    plain,
    ascii,
    plain.replaceAll('/', '\\/'),
    ascii.replaceAll('/', '\\/'),
    plain.replace(/[<>&]/g, unicode),
    JSON.stringify(plain).slice(1, -1),
  ];
}

function unicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function quotedForms(text: string): string[] {
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll("'", "''"),
    text.replace(/[^\w@%+=:,./-]/g, '\\$&'),
    text.replace(/[\\$`"]/g, '\\$&'),
  ];
}

function base64Forms(text: string): string[] {
  const bytes = new TextEncoder().encode(text);
  return [0, 1, 2].flatMap((shift) => {
    const bits = (shift + bytes.length) * 8;
    const binary = '\0'.repeat(shift) + Array.from(bytes, (b) => String.fromCharCode(b)).join('');
    const whole = btoa(binary).slice(Math.ceil((shift * 8) / 6), Math.floor(bits / 6));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
