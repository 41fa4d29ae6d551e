import { Readable } from 'node:stream';
import { EngineError } from '../base/engine-error.ts';
import { mapConcurrent } from '../base/map-concurrent.ts';
import { decompressXz } from '../debian/xz.ts';
import { readContent } from './content.ts';
import type { FileTree } from './file-tree.ts';

/** A module of the kernel package, decompressed: the guest's CPU may be emulated, and lz4 packs it again. */
export interface KernelModule {
  /** As the kernel calls it, with underscores. */
  readonly name: string;
  /** Below `usr/lib/modules/<release>/`, without a compression suffix: `kernel/net/bridge/bridge.ko`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly depends: readonly string[];
  readonly aliases: readonly string[];
  /** `pre: a b post: c` texts. */
  readonly softDependencies: readonly string[];
}

const parallelDecompressions = 4;

/** The modules of a kernel package. Only those asked for, and what they depend on, are read. */
export class KernelModules {
  readonly release: string;
  readonly #tree: FileTree;
  readonly #pathByName = new Map<string, string>();
  readonly #builtIn: Set<string>;
  readonly #loaded = new Map<string, KernelModule>();

  private constructor(release: string, tree: FileTree, builtIn: Set<string>) {
    this.release = release;
    this.#tree = tree;
    this.#builtIn = builtIn;
    for (const path of tree.paths()) {
      if (!path.startsWith(this.folder) || !/\.ko(?:\.xz)?$/.test(path)) continue;
      this.#pathByName.set(moduleName(path), path);
    }
  }

  static async open(tree: FileTree): Promise<KernelModules> {
    const release = tree
      .paths()
      .map((path) => /^usr\/lib\/modules\/([^/]+)\/modules\.builtin$/.exec(path)?.[1])
      .find((found) => found !== undefined);
    if (release === undefined) {
      throw new EngineError({
        code: 'image_failed',
        message: 'The kernel package of the template brings no usr/lib/modules/*/modules.builtin.',
        hint: 'Check "kernel" and "exclude" of the template.',
      });
    }
    const builtIn = await readContent(tree.content(`usr/lib/modules/${release}/modules.builtin`));
    const names = builtIn.toString('latin1').split('\n').filter(Boolean).map(moduleName);
    return new KernelModules(release, tree, new Set(names));
  }

  /** `usr/lib/modules/<release>/`. */
  get folder(): string {
    return `usr/lib/modules/${this.release}/`;
  }

  get builtIn(): ReadonlySet<string> {
    return this.#builtIn;
  }

  /**
   * The modules `patterns` name (`*` matches any run), with all they depend on, in an order in which they can be
   * inserted. Names compiled into the kernel are there already. Throws `image_failed` for a name that is neither.
   */
  async select(patterns: readonly string[], signal: AbortSignal): Promise<KernelModule[]> {
    const wanted = patterns.flatMap((pattern) => this.#match(pattern));
    for (let missing = wanted; missing.length > 0; ) {
      await mapConcurrent(missing, parallelDecompressions, async (name) => {
        if (!this.#loaded.has(name)) this.#loaded.set(name, await this.#load(name, signal));
      });
      missing = missing
        .flatMap((name) => this.#module(name).depends)
        .filter((name) => !this.#loaded.has(name));
    }
    const ordered = new Map<string, KernelModule>();
    const add = (name: string): void => {
      if (ordered.has(name)) return;
      const module = this.#module(name);
      for (const needed of module.depends) add(needed);
      ordered.set(name, module);
    };
    for (const name of wanted) add(name);
    return [...ordered.values()];
  }

  #match(pattern: string): string[] {
    const name = pattern.replaceAll('-', '_');
    if (name.includes('*')) {
      const expression = new RegExp(`^${name.replaceAll('*', '.*')}$`);
      return [...this.#pathByName.keys()].filter((candidate) => expression.test(candidate)).sort();
    }
    if (this.#pathByName.has(name)) return [name];
    if (this.#builtIn.has(name)) return [];
    throw new EngineError({
      code: 'image_failed',
      message: `Kernel ${this.release} has no module "${pattern}".`,
      hint: 'Check "initrdModules" and "rootModules" of the template against the kernel package.',
    });
  }

  #module(name: string): KernelModule {
    const module = this.#loaded.get(name);
    if (!module) throw new Error(`module ${name} is not loaded`);
    return module;
  }

  async #load(name: string, signal: AbortSignal): Promise<KernelModule> {
    const fullPath = this.#pathByName.get(name);
    if (fullPath === undefined) {
      throw new EngineError({
        code: 'image_failed',
        message: `Kernel ${this.release}: a module depends on "${name}", which the package does not bring.`,
        hint: 'Check "exclude" of the template.',
      });
    }
    const stored = await readContent(this.#tree.content(fullPath));
    const signed = fullPath.endsWith('.xz') ? await unpackXz(stored, fullPath, signal) : stored;
    const bytes = withoutSignature(signed);
    const info = readModuleInfo(bytes);
    const values = (key: string): string[] =>
      info.filter((pair) => pair.key === key).map((pair) => pair.value);
    return {
      name,
      path: fullPath.slice(this.folder.length).replace(/\.xz$/, ''),
      bytes,
      depends: values('depends')
        .flatMap((list) => list.split(','))
        .filter((needed) => needed !== '')
        .map((needed) => needed.replaceAll('-', '_'))
        .filter((needed) => !this.#builtIn.has(needed)),
      aliases: values('alias'),
      softDependencies: values('softdep'),
    };
  }
}

/** `kernel/fs/nls/nls_iso8859-1.ko.xz` is module `nls_iso8859_1`. */
function moduleName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.replace(/\.ko(?:\.xz)?$/, '').replaceAll('-', '_');
}

async function unpackXz(stored: Buffer, source: string, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of decompressXz(Readable.from([stored]), { source, signal })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const signatureMark = Buffer.from('~Module signature appended~\n');

/**
 * A module without the signature behind it. The package it comes in was verified, and an emulated processor hashes half
 * a megabyte for each of the larger ones; a kernel which does not insist on signatures notes once that there is none.
 * Source: the kernel's scripts/sign-file.c, `struct module_signature`: its last field is the signature's length.
 */
export function withoutSignature(module: Buffer): Buffer {
  if (!module.subarray(-signatureMark.length).equals(signatureMark)) return module;
  const infoEnd = module.length - signatureMark.length;
  return module.subarray(0, infoEnd - 12 - module.readUInt32BE(infoEnd - 4));
}

/** The `key=value` pairs of a 64-bit little-endian module's `.modinfo` section. Source: elf(5). */
export function readModuleInfo(elf: Buffer): { key: string; value: string }[] {
  const sectionsAt = Number(elf.readBigUInt64LE(0x28));
  const entryBytes = elf.readUInt16LE(0x3a);
  const count = elf.readUInt16LE(0x3c);
  const section = (index: number) => {
    const at = sectionsAt + index * entryBytes;
    return {
      nameAt: elf.readUInt32LE(at),
      offset: Number(elf.readBigUInt64LE(at + 0x18)),
      sizeBytes: Number(elf.readBigUInt64LE(at + 0x20)),
    };
  };
  const names = section(elf.readUInt16LE(0x3e));
  for (let index = 0; index < count; index += 1) {
    const { nameAt, offset, sizeBytes } = section(index);
    const at = names.offset + nameAt;
    if (elf.toString('latin1', at, elf.indexOf(0, at)) !== '.modinfo') continue;
    return elf
      .toString('latin1', offset, offset + sizeBytes)
      .split('\0')
      .filter((text) => text.includes('='))
      .map((text) => ({ key: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }));
  }
  return [];
}
