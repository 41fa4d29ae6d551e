import { archRow } from '../arch-table.ts';
import type { FailureFacts } from './ports.ts';

/** Fills the catalogue's names in braces from records; unknown ones stay as they are. */
export function textNames({ arch, vm, container }: FailureFacts): (text: string) => string {
  const names: Readonly<Record<string, string>> = {
    arch: arch ?? 'foreign',
    native: vm.arch,
    emulator: arch === null ? 'the emulator' : archRow(arch).emulator,
    image: container.image,
    name: container.name,
  };
  return (text) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);
}

/** What needs no quoting in any shell; Docker's references and names have no other characters. */
const plainWord = /^[\w./:@+-]+$/;

/** A command to copy, or null when a name in it is not what Docker lets through: it would be pasted into a shell. */
export function plainCommand(template: string, facts: FailureFacts): string | null {
  const { image, name } = facts.container;
  const unsafe =
    (template.includes('{image}') && !plainWord.test(image)) ||
    (template.includes('{name}') && !plainWord.test(name));
  return unsafe ? null : textNames(facts)(template);
}
