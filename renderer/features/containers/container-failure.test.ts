import { expect, it } from 'vitest';
import { describeExitCode } from './container-failure.ts';

it('says of an exit code what Docker and the kernel mean by it, and no more', () => {
  expect(describeExitCode(3)).toBe('The program chose this code itself.');
  expect(describeExitCode(127)).toBe('Its command was not found.');
  expect(describeExitCode(139)).toBe('Ended by signal 11 (SIGSEGV, a bad memory access).');
  expect(describeExitCode(128 + 40)).toBe('Ended by signal 40.');
  expect(describeExitCode(255)).toBe('The program chose this code itself.');
});
