import { InvalidArgumentError, Option } from 'commander';
import { Arch, arches, HostArch, hostArches } from '../contract/arch.ts';
import { VmName } from '../contract/records.ts';
import { serviceVmName } from '../engine/paths.ts';

export interface VmOptions {
  readonly vm: string;
  readonly json: boolean;
}

export function vmOption(): Option {
  return new Option('--vm <name>', 'the VM').default(serviceVmName).argParser((text) => {
    const name = VmName.safeParse(text);
    if (name.success) return name.data;
    throw new InvalidArgumentError('A VM name is 1 to 20 of a-z, 0-9 and -, starting with a letter.');
  });
}

export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document and nothing else on standard output').default(false);
}

/** What uname and Debian call an architecture, for people who type that. */
const otherNames: Readonly<Record<string, Arch>> = {
  x86_64: 'amd64',
  i386: '386',
  i686: '386',
  aarch64: 'arm64',
  armhf: 'arm/v7',
  armv7l: 'arm/v7',
  ppc64el: 'ppc64le',
  mips64el: 'mips64le',
  loongarch64: 'loong64',
};

export function parseArch(text: string): Arch {
  const arch = Arch.safeParse(text);
  if (arch.success) return arch.data;
  const meant = otherNames[text];
  throw new InvalidArgumentError(meant ? `Say ${meant}.` : `Known are ${arches.join(', ')}.`);
}

export function parseHostArch(text: string): HostArch {
  const arch = HostArch.safeParse(text);
  if (arch.success) return arch.data;
  throw new InvalidArgumentError(`Guest images exist for ${hostArches.join(' and ')}.`);
}

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 1 to 65535, or 0 for a free one.');
}

export function parseLineCount(text: string): number {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 10_000) return count;
  throw new InvalidArgumentError('Ask for 1 to 10000 lines.');
}
