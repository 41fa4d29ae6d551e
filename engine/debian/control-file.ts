/**
 * The fields of one stanza of a Debian control file, by lower-case name. Continuation lines are joined with newlines.
 * Source: Debian Policy 5.1.
 */
export function parseStanza(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (name) fields.set(name, `${fields.get(name)}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    name = line.slice(0, colon).toLowerCase();
    fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** Every stanza of a control file. */
export function parseStanzas(text: string): ReadonlyMap<string, string>[] {
  return text
    .split(/\n[ \t]*\n/)
    .map(parseStanza)
    .filter((fields) => fields.size > 0);
}
