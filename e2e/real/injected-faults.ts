import type { Diagnosis } from '../../contract/doctor.ts';
import type { Container } from '../../contract/records.ts';
import { applyChanges, type State } from '../../contract/state.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { writeFaultImages } from './fault-images.ts';
import type { RealHome } from './real-home.ts';

/*
 * What goes wrong with containers, made to happen in a real VM: faults of emulation, which the doctor must name, and
 * ordinary ones of native programs, about which it must say nothing. Each step leaves arm64 as the next one needs it,
 * so they run in their order, beginning with arm64 switched off.
 */

export interface InjectedFault {
  readonly name: string;
  /** The verdict it must get; null for none. */
  readonly rule: string | null;
  /** How the container has to end for this to have happened at all; left out where it goes on. */
  readonly exitCode?: number;
  /** Makes it happen; answers the container's name. */
  run(home: RealHome): Promise<string>;
}

/** Puts the images which the faults need into the VM. */
export async function importFaultImages(home: RealHome, folder: string): Promise<void> {
  for (const { reference, arch, path } of await writeFaultImages({ home: home.path, folder })) {
    await home.dockerOk(['import', '--platform', `linux/${arch}`, path, reference]);
  }
}

const foreign = ['--platform', 'linux/arm64', 'fault:arm64'];

/** A container of that name, run to its end or left running when `detached`; how it ends is for the doctor to see. */
async function run(home: RealHome, name: string, args: readonly string[], detached = false): Promise<string> {
  await home.docker(['run', ...(detached ? ['--detach'] : []), '--name', name, ...args]);
  return name;
}

/** As process 1 of its container a crashing foreign program hangs: nobody may wait for its end. */
const detached = true;

/** Another tool's emulator, not ours, registered without F: the kernel looks for it inside the container. */
const registerWithoutF = `
mkdir -p /var/lib/another-tool
cp "$(ls /var/lib/foredeck/emulators/*/qemu-aarch64 | head -n 1)" /var/lib/another-tool/qemu-aarch64
printf '%s' ':another:M:0:\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:/var/lib/another-tool/qemu-aarch64:POC' > /proc/sys/fs/binfmt_misc/register`;

export const injectedFaults: readonly InjectedFault[] = [
  {
    name: 'handler off',
    rule: 'no-handler',
    run: (home) => run(home, 'f-off', [...foreign, 'uname', '-m']),
  },
  {
    name: 'handler switched off under a shell: 126',
    rule: 'no-handler',
    async run(home) {
      await home.foredeckJson('emulate', 'arm64', 'on');
      const script = 'trap "/usr/bin/strace -V; exit \\$?" USR1; sleep 1000 & wait; wait';
      await run(home, 'f-off-126', [...foreign, 'sh', '-c', script], detached);
      await run(home, 'f-sleeper', [...foreign, 'sleep', '1000'], detached);
      await home.foredeckJson('emulate', 'arm64', 'off');
      await home.dockerOk(['kill', '--signal', 'USR1', 'f-off-126']);
      return 'f-off-126';
    },
  },
  {
    name: 'docker exec with the handler off',
    rule: 'no-handler-for-exec',
    async run(home) {
      await home.docker(['exec', 'f-sleeper', 'uname', '-m']);
      return 'f-sleeper';
    },
  },
  {
    name: 'a handler without F',
    rule: 'handler-without-f',
    async run(home) {
      await home.foredeck(['shell', '--', 'sh', '-c', registerWithoutF]);
      await run(home, 'f-without-f', [...foreign, 'uname', '-m']);
      return 'f-without-f';
    },
  },
  {
    name: 'a program without its C library: 255',
    rule: 'wrong-arch-libc',
    async run(home) {
      await home.foredeck(['shell', '--', 'sh', '-c', 'echo -1 > /proc/sys/fs/binfmt_misc/another']);
      await home.foredeckJson('emulate', 'arm64', 'on');
      return await run(home, 'f-libc', ['--platform', 'linux/arm64', 'fault-lonely:arm64', 'strace', '-V']);
    },
  },
  {
    name: 'SIGSEGV below a shell: 139',
    rule: 'guest-sigsegv',
    run: (home) => run(home, 'f-segv', [...foreign, 'sh', '-c', '/segv; exit $?']),
  },
  {
    name: 'SIGSEGV of process 1, which hangs',
    rule: 'guest-sigsegv',
    run: (home) => run(home, 'f-segv-1', [...foreign, '/segv'], detached),
  },
  {
    name: 'SIGSEGV under an init: 139 within a moment',
    rule: 'guest-sigsegv',
    run: (home) => run(home, 'f-segv-init', ['--init', ...foreign, '/segv']),
  },
  {
    name: 'SIGILL by QEMU_CPU: 132',
    rule: 'processor-chosen',
    run: (home) => run(home, 'f-cpu', ['-e', 'QEMU_CPU=cortex-a53', ...foreign, 'sh', '-c', '/lse; exit $?']),
  },
  {
    name: 'SIGILL of process 1, which hangs',
    rule: 'guest-sigill',
    run: (home) => run(home, 'f-ill-1', [...foreign, '/ill'], detached),
  },
  {
    name: 'SIGTRAP: 133',
    rule: 'guest-sigtrap',
    run: (home) => run(home, 'f-trap', [...foreign, 'sh', '-c', '/trap; exit $?']),
  },
  {
    name: 'SIGABRT: 134',
    rule: 'guest-sigabrt',
    run: (home) => run(home, 'f-abrt', [...foreign, 'sh', '-c', "sh -c 'kill -ABRT $$'; exit $?"]),
  },
  {
    name: 'ptrace, by strace',
    rule: 'ptrace',
    run: (home) => run(home, 'f-ptrace', [...foreign, 'strace', '-f', 'uname']),
  },
  { name: 'io_uring', rule: 'io-uring', run: (home) => run(home, 'f-uring', [...foreign, '/io-uring']) },
  { name: 'seccomp', rule: 'seccomp', run: (home) => run(home, 'f-seccomp', [...foreign, '/seccomp']) },
  {
    name: 'seccomp by prctl',
    rule: 'seccomp',
    run: (home) => run(home, 'f-seccomp-prctl', [...foreign, '/seccomp-prctl']),
  },
  {
    name: 'iptables',
    rule: 'iptables',
    run: (home) =>
      run(home, 'f-iptables', [
        '--cap-add',
        'NET_ADMIN',
        ...foreign,
        '/usr/sbin/xtables-nft-multi',
        'iptables',
        '-L',
        '-n',
      ]),
  },
  {
    name: 'another system call that is not there',
    rule: 'not-implemented',
    run: (home) => run(home, 'f-userfaultfd', [...foreign, '/userfaultfd']),
  },
];

const native = ['--platform', 'linux/amd64', 'fault:amd64'];

export const ordinaryFailures: readonly InjectedFault[] = [
  {
    name: 'exit 1',
    rule: null,
    exitCode: 1,
    run: (home) => run(home, 'n-exit-1', [...native, 'sh', '-c', 'exit 1']),
  },
  {
    name: 'out of memory: 137',
    rule: null,
    exitCode: 137,
    run: (home) => run(home, 'n-memory', ['-m', '64m', ...native, 'tail', '/dev/zero']),
  },
  {
    name: 'no such entrypoint',
    rule: null,
    exitCode: 127,
    run: (home) => run(home, 'n-entrypoint', ['--entrypoint', '/nowhere', ...native]),
  },
  {
    name: 'port in use',
    rule: null,
    exitCode: 128,
    async run(home) {
      const port = ['--publish', '18099:80'];
      await run(home, 'n-port-holder', [...port, ...native, 'sleep', '1000'], detached);
      return await run(home, 'n-port', [...port, ...native, 'sleep', '1']);
    },
  },
  {
    name: 'command not found: 127',
    rule: null,
    exitCode: 127,
    run: (home) => run(home, 'n-command', [...native, 'sh', '-c', 'no-such-command']),
  },
  {
    name: 'permission denied: 126',
    rule: null,
    exitCode: 126,
    run: (home) => run(home, 'n-permission', [...native, 'sh', '-c', '/not-executable']),
  },
  {
    name: 'native SIGSEGV: 139',
    rule: null,
    exitCode: 139,
    run: (home) => run(home, 'n-segv', [...native, '/segv']),
  },
  {
    name: 'native SIGABRT: 134',
    rule: null,
    exitCode: 134,
    run: (home) => run(home, 'n-abrt', [...native, 'sh', '-c', "sh -c 'kill -ABRT $$'; exit $?"]),
  },
  {
    name: "qemu's words out of a native program: 139",
    rule: null,
    exitCode: 139,
    run: (home) =>
      run(home, 'n-liar', [
        ...native,
        'sh',
        '-c',
        'echo "qemu: uncaught target signal 11 (Segmentation fault) - core dumped" >&2; exit 139',
      ]),
  },
  {
    name: 'exit 255',
    rule: null,
    exitCode: 255,
    run: (home) => run(home, 'n-255', [...native, 'sh', '-c', 'exit 255']),
  },
  {
    name: 'docker kill',
    rule: null,
    exitCode: 137,
    async run(home) {
      await run(home, 'n-killed', [...native, 'sleep', '1000'], detached);
      await home.docker(['kill', 'n-killed']);
      return 'n-killed';
    },
  },
  {
    name: 'no such user',
    rule: null,
    run: (home) => run(home, 'n-user', ['--user', 'nobody-here', ...native, 'true']),
  },
  {
    name: 'a script without #!',
    rule: null,
    run: (home) => run(home, 'n-script', [...native, '/no-interpreter']),
  },
  {
    name: 'a script without #!, emulated',
    rule: null,
    run: (home) => run(home, 'n-script-arm64', [...foreign, '/no-interpreter']),
  },
  {
    name: 'out of memory, emulated',
    rule: null,
    exitCode: 137,
    run: (home) => run(home, 'n-memory-arm64', ['-m', '64m', ...foreign, 'tail', '/dev/zero']),
  },
  {
    name: 'docker kill, emulated',
    rule: null,
    exitCode: 137,
    async run(home) {
      await run(home, 'n-killed-arm64', [...foreign, 'sleep', '1000'], detached);
      await home.docker(['kill', 'n-killed-arm64']);
      return 'n-killed-arm64';
    },
  },
];

/** A crash that hangs is looked for once a minute. */
const verdictTimeoutMs = 120_000;

/** The verdict which the engine puts on the container's row by itself; null when none has come within two minutes. */
export async function awaitVerdict(client: EngineClient, name: string): Promise<Diagnosis | null> {
  const signal = AbortSignal.timeout(verdictTimeoutMs);
  let state: State | undefined;
  try {
    for await (const update of await client.calls.state.watch(undefined, { signal })) {
      state = update.type === 'snapshot' ? update.state : state && applyChanges(state, update.changes);
      const diagnosis = state && rowOf(state, name)?.diagnosis;
      if (diagnosis) return diagnosis;
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  return null;
}

/** What the doctor says when asked about the container now. */
export async function askDoctor(home: RealHome, name: string): Promise<Diagnosis | null> {
  const { stdout, stderr } = await home.foredeck(['doctor', name, '--json']);
  const answer = JSON.parse(stdout) as { diagnosis?: Diagnosis | null; error?: unknown };
  if (answer.diagnosis === undefined) throw new Error(`doctor ${name}: ${stdout}${stderr}`);
  return answer.diagnosis;
}

function rowOf(state: State, name: string): Container | undefined {
  return Object.values(state.containers).find((row) => row.name === name);
}
