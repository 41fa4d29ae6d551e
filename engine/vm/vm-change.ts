import type { Vm } from '../../contract/records.ts';

/** Fields of a VM's record which its state machine writes; others (Docker's) belong to who serves them. */
export type VmChange = Partial<Omit<Vm, 'name' | 'kind' | 'arch' | 'endpoints'>> & {
  readonly sshPort?: number | null;
};
