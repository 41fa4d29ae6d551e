import { archRow } from '../../engine/emulation/arch-table.ts';
import { exitStub } from '../../engine/emulation/self-test/exit-stub.ts';

/*
 * Programs of a few instructions that fail in one way each, so that a spec needs no compiler. Encodings: Arm
 * Architecture Reference Manual (A64), Intel SDM. System call numbers: asm-generic/unistd.h.
 */

const words = (...instructions: readonly number[]): string =>
  Buffer.concat(
    instructions.map((instruction) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(instruction >>> 0);
      return bytes;
    }),
  ).toString('hex');

const svc = 0xd400_0001;
const movz = (register: number, value: number): number => 0xd280_0000 | (value << 5) | register;
const exitWith = (code: number): number[] => [movz(0, code), movz(8, 93), svc];

const arm64 = (code: string): Uint8Array => exitStub({ ...archRow('arm64'), exit42: code });
const amd64 = (code: string): Uint8Array => exitStub({ ...archRow('amd64'), exit42: code });

/** Asks the kernel for something, and says so and ends with 1 when the answer is exactly this error. */
function complains(options: {
  syscall: number;
  /** `memory`: the address of some zeros below the stack. */
  arguments: readonly (number | 'memory')[];
  errno: number;
  message: string;
}): Uint8Array {
  const text = Buffer.from(`${options.message}\n`);
  const prepare = options.arguments.map((value, register) =>
    // SUB xN, sp, #256
    value === 'memory' ? 0xd104_03e0 | register : movz(register, value),
  );
  // CMN x0, #errno
  const compare = 0xb100_001f | (options.errno << 10);
  const complain = [movz(0, 2), 0, movz(2, text.byteLength), movz(8, 64), svc, ...exitWith(1)];
  const end = exitWith(0);
  // ADR x1, to the text behind the last instruction.
  const distance = (complain.length - 1 + end.length) * 4;
  complain[1] = 0x1000_0001 | ((distance >> 2) << 5);
  // B.NE over the complaint.
  const skip = 0x5400_0001 | ((complain.length + 1) << 5);
  const code = words(...prepare, movz(8, options.syscall), svc, compare, skip, ...complain, ...end);
  return arm64(code + text.toString('hex'));
}

const enosys = 38;
const einval = 22;

/** By the name under which they lie in the image for arm64. */
export const foreignPrograms: Readonly<Record<string, Uint8Array>> = {
  /** LDR x0, [xzr]: a load from address 0. */
  segv: arm64(words(movz(0, 0), 0xf940_0000)),
  /** UDF: an instruction no processor has. */
  ill: arm64(words(0)),
  /** LDADD w0, w1, [sp, #-16]: of ARMv8.1, which a Cortex-A53 does not have. */
  lse: arm64(words(0xd100_43e2, 0xb820_0041, ...exitWith(0))),
  /** BRK: a breakpoint. */
  trap: arm64(words(0xd420_0000)),
  'io-uring': complains({
    syscall: 425,
    arguments: [8, 'memory'],
    errno: enosys,
    message: 'io_uring_queue_init: Function not implemented',
  }),
  seccomp: complains({
    syscall: 277,
    arguments: [1, 0, 'memory'],
    errno: enosys,
    message: 'seccomp: Function not implemented',
  }),
  'seccomp-prctl': complains({
    syscall: 167,
    arguments: [22, 1, 0],
    errno: einval,
    message: 'prctl(PR_SET_SECCOMP): Invalid argument',
  }),
  userfaultfd: complains({
    syscall: 282,
    arguments: [0],
    errno: enosys,
    message: 'userfaultfd: Function not implemented',
  }),
};

/** The same for amd64. */
export const nativePrograms: Readonly<Record<string, Uint8Array>> = {
  /** XOR eax, eax; MOV eax, [rax]. */
  segv: amd64('31c08b00'),
};
