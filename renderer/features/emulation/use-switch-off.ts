import { useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import type { HandlerUse } from '../../../contract/emulation.ts';
import type { WireError } from '../../../contract/errors.ts';
import { attempt } from '../../state/attempt.ts';
import { usePending } from '../../state/hooks.ts';

export interface ArchUse {
  arch: Arch;
  use: HandlerUse;
}

/** What to know before switching off, or why it is not known. */
export type SwitchOffQuestion = { uses: readonly ArchUse[] } | { error: WireError };

export interface SwitchOffOptions {
  vm: string;
  arches: readonly Arch[];
  /** Asks even when nothing uses them. */
  always: boolean;
  /** Carries it out. */
  switchOff: () => void;
}

/** Looks what uses the handlers before they are switched off, and puts the question only where there is one. */
export function useSwitchOff({ vm, arches, always, switchOff }: SwitchOffOptions) {
  const key = `emulation:use:${vm}/${arches.join()}`;
  const looking = usePending(key);
  const [question, setQuestion] = useState<SwitchOffQuestion | null>(null);
  const look = async (): Promise<void> => {
    const outcome = await attempt(key, (client) =>
      Promise.all(arches.map(async (arch) => ({ arch, use: await client.emulation.use({ vm, arch }) }))),
    );
    if (!outcome) return;
    if (!outcome.ok) setQuestion({ error: outcome.error });
    else if (always || outcome.value.some(({ use }) => isUsed(use))) setQuestion({ uses: outcome.value });
    else {
      setQuestion(null);
      switchOff();
    }
  };
  return {
    looking,
    question,
    ask: () => void look(),
    close: () => setQuestion(null),
  };
}

export function isUsed(use: HandlerUse): boolean {
  return use.containers.length + use.others.length > 0;
}
