import type { Process } from '../../contract/process-tree.ts';
import type { Container } from '../../contract/records.ts';
import type { FakeEngine } from './fake-engine.ts';
import { emulatedProcess, processRecord } from './records.ts';

/** Gives every running container of the fake engine processes that fit it. */
export function fillProcesses(engine: FakeEngine): void {
  for (const container of Object.values(engine.state.containers)) {
    engine.setProcesses(container.id, processesOf(container));
  }
}

function processesOf(container: Container): Process[] {
  if (container.execution === 'mixed') {
    return [
      emulatedProcess(812, 0, ['sh', '-c', 'make -j2 all']),
      emulatedProcess(840, 812, ['make', '-j2', 'all'], { cpuMs: 4_210 }),
      emulatedProcess(861, 840, ['cc1', '-quiet', '-O2', 'main.c'], { cpuMs: 9_800, rssBytes: 96_468_992 }),
      processRecord(866, 840, {
        argv: ['/usr/bin/ccache', 'aarch64-linux-gnu-gcc', '-c', 'util.c'],
        comm: 'ccache',
        rssBytes: 5_242_880,
      }),
    ];
  }
  if (container.execution === 'emulated') {
    const arch = container.arch ?? 'arm64';
    const emulator = container.emulator?.split(' ')[0] ?? 'qemu-aarch64';
    return [
      emulatedProcess(1_204, 0, ['node', 'server.js'], {
        arch,
        emulator,
        cpuMs: 2_400,
        rssBytes: 88_080_384,
        threads: 11,
      }),
      emulatedProcess(1_231, 1_204, ['node', 'worker.js', '--queue=mail'], {
        arch,
        emulator,
        rssBytes: 61_865_984,
      }),
    ];
  }
  return [
    processRecord(301, 0, {
      argv: ['nginx:', 'master', 'process', '<b onclick=alert(1)>\u202enginx\u001b[31m'],
      comm: 'nginx',
    }),
    processRecord(333, 301, {
      argv: ['nginx:', 'worker', 'process'],
      comm: 'nginx',
      uid: 101,
      rssBytes: 4_194_304,
    }),
  ];
}
