import { archRow } from '../emulation/arch-table.ts';
import { elfProgram } from '../emulation/self-test/elf-program.ts';

/** fake-emulator.s, assembled: llvm-mc -filetype=obj, llvm-objcopy -O binary. */
const code =
  '488b5c24188a43093c720f84ef0000003c63750a807b0a72750431c08b00488b7c241031f6b8020000000f054989c44889c7488db42400f0ffffba080000004531d2b8110000000f05488db42400f8ffff807b096c743c4c89e731f6ba02000000b8080000000f05488d9000fcffff0fb68c2404f0ffffc1e1024829ca488db42400f8ffffbf01000000b8010000000f05eb63488b04244883e802488944241031c9488b44cc1080bc2405f0ffff027503480fc880bc2404f0ffff017406488904ceeb0389048effc181f98000000075d1ba00040000bf01000000b8010000000f054889deba40000000bf01000000b8010000000f0531ffb83c0000000f05bf2a000000b83c0000000f05';

/**
 * A program of this machine, amd64, that passes the self-test in an emulator's place: it does what the test programs
 * of any architecture should have done. What a real emulator does with them is for tests with a real one.
 */
export const fakeEmulator: Uint8Array = elfProgram(archRow('amd64'), Buffer.from(code, 'hex'));
