import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../base/engine-error.ts';
import { parseStanzas } from './control-file.ts';
import type { ArchiveName } from './package-index.ts';

export interface Mirror {
  /** Base URL without a closing slash. */
  readonly url: string;
  /** Why it is in the list: said in errors. */
  readonly origin: 'setting' | 'host apt' | 'template';
}

/** For each archive the mirrors to ask, best first. */
export type Mirrors = Readonly<Record<ArchiveName, readonly Mirror[]>>;

/**
 * The person's own mirror, then those the host's apt uses (a company's mirror is honoured that way), then the
 * template's public ones.
 */
export function mirrorOrder(options: {
  setting: string | null;
  hostApt: Readonly<Record<ArchiveName, readonly string[]>>;
  template: readonly Readonly<Record<ArchiveName, string>>[];
}): Mirrors {
  const order = (archive: ArchiveName): Mirror[] => {
    const all: Mirror[] = [
      ...(options.setting === null
        ? []
        : [{ url: settingFor(archive, options.setting), origin: 'setting' as const }]),
      ...options.hostApt[archive].map((url) => ({ url, origin: 'host apt' as const })),
      ...options.template.map((bases) => ({ url: bases[archive], origin: 'template' as const })),
    ].map((mirror) => ({ ...mirror, url: mirror.url.replace(/\/+$/, '') }));
    const firsts = new Map(all.toReversed().map((mirror) => [mirror.url, mirror]));
    return all.filter((mirror) => firsts.get(mirror.url) === mirror);
  };
  return { debian: order('debian'), 'debian-security': order('debian-security') };
}

/** A setting names the main archive; by convention its sibling `debian-security` is the security archive. */
function settingFor(archive: ArchiveName, setting: string): string {
  const base = setting.replace(/\/+$/, '');
  if (archive === 'debian') return base;
  return base.endsWith('/debian') ? `${base}-security` : `${base}/debian-security`;
}

/**
 * The Debian mirrors in the host's apt configuration (sources.list(5), both formats). Empty on hosts without apt, and
 * for archives which are not Debian's, told by their suite and path.
 */
export async function hostAptMirrors(aptFolder = '/etc/apt'): Promise<Record<ArchiveName, string[]>> {
  const found: Record<ArchiveName, string[]> = { debian: [], 'debian-security': [] };
  for (const path of await sourceFiles(aptFolder)) {
    const text = await readFile(path, 'utf8').catch(() => '');
    const sources = path.endsWith('.sources') ? parseDeb822Sources(text) : parseOneLineSources(text);
    for (const source of sources) {
      const archive = archiveOf(source);
      if (archive && !found[archive].includes(source.url)) found[archive].push(source.url);
    }
  }
  return found;
}

async function sourceFiles(aptFolder: string): Promise<string[]> {
  const parts = join(aptFolder, 'sources.list.d');
  let names: string[] = [];
  try {
    names = await readdir(parts);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
  }
  const wanted = names.filter((name) => name.endsWith('.list') || name.endsWith('.sources')).sort();
  return [join(aptFolder, 'sources.list'), ...wanted.map((name) => join(parts, name))];
}

interface AptSource {
  readonly url: string;
  readonly suite: string;
}

/** `deb [options] url suite components`. */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
    return match?.[1] && match[2] ? withHttp([{ url: match[1], suite: match[2] }]) : [];
  });
}

/** Stanzas with `Types`, `URIs` and `Suites`. */
export function parseDeb822Sources(text: string): AptSource[] {
  return parseStanzas(text).flatMap((fields) => {
    const list = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter(Boolean);
    if (!list('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') return [];
    return withHttp(list('uris').flatMap((url) => list('suites').map((suite) => ({ url, suite }))));
  });
}

/** Other methods (`file:`, `cdrom:`, `mirror+file:`) are apt's alone. */
function withHttp(sources: AptSource[]): AptSource[] {
  return sources
    .filter((source) => /^https?:\/\//.test(source.url))
    .map((source) => ({ ...source, url: source.url.replace(/\/+$/, '') }));
}

/**
 * Debian's own suites under a path ending in `debian` or `debian-security`. Ubuntu's suites and third parties' (whose
 * paths often end in `debian` too, with a Debian codename as suite) fail at the signature, and the next mirror is asked.
 */
function archiveOf(source: AptSource): ArchiveName | null {
  const isDebianSuite =
    /^(?:(?:old)*stable|testing|bullseye|bookworm|trixie|forky|duke)(?:[-/](?:updates|security|backports))?(?:\/updates)?$/.test(
      source.suite,
    );
  if (!isDebianSuite) return null;
  const path = new URL(source.url).pathname;
  if (/security/.test(source.suite)) return 'debian-security';
  return path.endsWith('/debian') ? 'debian' : null;
}
