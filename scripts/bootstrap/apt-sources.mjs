import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One place packages come from, sources.list(5).
 *
 * @typedef {object} AptSource
 * @property {string[]} types `deb`, `deb-src`
 * @property {string[]} uris
 * @property {string[]} suites
 * @property {string[]} components
 * @property {string | null} signedBy a key file, or a key itself with its line breaks
 */

/**
 * Every enabled source of the host's apt, in both formats.
 *
 * @param {string} folder normally /etc/apt
 * @returns {AptSource[]}
 */
export function readAptSources(folder) {
  const parts = namesIn(join(folder, 'sources.list.d')).map((name) => join(folder, 'sources.list.d', name));
  return [join(folder, 'sources.list'), ...parts].flatMap((path) => {
    const text = textOf(path);
    if (path.endsWith('.sources')) return parseDeb822(text);
    return path.endsWith('.list') ? parseOneLine(text) : [];
  });
}

/**
 * The one-line format: `deb [options] uri suite component...`.
 *
 * @param {string} text
 * @returns {AptSource[]}
 */
export function parseOneLine(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(deb(?:-src)?)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, type = '', options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? null;
    return [{ types: [type], uris: [uri], suites: [suite], components: words(components), signedBy }];
  });
}

/**
 * The deb822 format: stanzas of `Field: value`, values going on in lines that begin with a space.
 *
 * @param {string} text
 * @returns {AptSource[]}
 */
export function parseDeb822(text) {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    /** @type {Map<string, string>} */
    const fields = new Map();
    for (const [, name = '', value = ''] of stanza.matchAll(/^([\w-]+):(.*(?:\n[ \t].*)*)/gm)) {
      fields.set(name.toLowerCase(), value.trim());
    }
    if (/^(no|false|without|off|disable)$/i.test(fields.get('enabled') ?? '')) return [];
    const uris = words(fields.get('uris'));
    if (uris.length === 0) return [];
    return [
      {
        types: words(fields.get('types')),
        uris,
        suites: words(fields.get('suites')),
        components: words(fields.get('components')),
        signedBy: fields.get('signed-by') ?? null,
      },
    ];
  });
}

/**
 * A source file for `<codename>-backports` on the mirror which already serves `<codename>` here; null when there is
 * none to go by. The host's own mirror is kept: it may be the only one that can be reached.
 *
 * @param {AptSource[]} sources
 * @param {string} codename such as `bookworm`
 * @returns {string | null}
 */
export function backportsSource(sources, codename) {
  const base = sources.find(
    ({ types, suites, components, uris }) =>
      types.includes('deb') &&
      suites.includes(codename) &&
      components.includes('main') &&
      uris.some((uri) => !uri.startsWith('cdrom:')),
  );
  if (!base) return null;
  const lines = [
    '# Written by Foredeck: QEMU 9 or newer is in backports only.',
    'Types: deb',
    `URIs: ${base.uris.filter((uri) => !uri.startsWith('cdrom:')).join(' ')}`,
    `Suites: ${codename}-backports`,
    'Components: main',
    ...(base.signedBy === null ? [] : [`Signed-By: ${base.signedBy}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * @param {AptSource[]} sources
 * @param {string} suite
 */
export function hasSuite(sources, suite) {
  return sources.some(({ types, suites }) => types.includes('deb') && suites.includes(suite));
}

/** @param {string | undefined} text */
function words(text) {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
