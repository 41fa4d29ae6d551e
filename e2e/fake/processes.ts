import type { Process } from '../../contract/process-tree.ts';
import type { Container } from '../../contract/records.ts';
import type { FakeEngine } from './fake-engine.ts';
import { emulatedProcess, processRecord } from './records.ts';

/** Pids are unique in a VM. */
const pidsOfAContainer = 10_000;

/** Gives the VM of the fake engine, and each of its running containers, processes that fit it. */
export function fillProcesses(engine: FakeEngine): void {
  engine.setProcesses(null, vmProcesses);
  for (const [index, container] of Object.values(engine.state.containers).entries()) {
    if (container.state === 'exited' || container.state === 'created') continue;
    const offset = (index + 1) * pidsOfAContainer;
    engine.setProcesses(
      container.id,
      processesOf(container).map((process) => ({
        ...process,
        pid: process.pid + offset,
        ppid: process.ppid === 0 ? 0 : process.ppid + offset,
      })),
    );
  }
}

/** A container with `count` processes, a quarter of them emulated, in families of ten. */
export function crowd(count: number): Process[] {
  const firstPid = 500_000;
  return Array.from({ length: count }, (_, index) => {
    const pid = firstPid + index;
    const parent = index % 10 === 0 ? 0 : pid - (index % 10);
    const argv = ['worker', `--shard=${index}`];
    return index % 4 === 0
      ? emulatedProcess(pid, parent, argv, { cpuMs: index * 10 })
      : processRecord(pid, parent, { argv, comm: 'worker', cpuMs: index * 10 });
  });
}

const vmProcesses = [
  processRecord(1, 0, { argv: ['/sbin/init'], comm: 'init', cpuMs: 1_260, rssBytes: 3_145_728 }),
  processRecord(212, 1, {
    argv: ['/usr/sbin/sshd', '-D'],
    comm: 'sshd',
    cpuMs: 480,
    rssBytes: 8_912_896,
  }),
  processRecord(240, 1, {
    argv: ['/usr/bin/containerd'],
    comm: 'containerd',
    cpuMs: 8_120,
    rssBytes: 47_185_920,
    threads: 12,
  }),
  processRecord(251, 1, {
    argv: ['/usr/sbin/dockerd', '-H', 'unix:///run/docker.sock'],
    comm: 'dockerd',
    cpuMs: 14_300,
    rssBytes: 78_643_200,
    threads: 14,
  }),
];

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
