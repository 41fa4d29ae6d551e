import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerImageKey } from '../../../contract/docker-images.ts';
import type { Container } from '../../../contract/records.ts';
import { handlerKey } from '../../../contract/state.ts';
import { silentLog } from '../../base/log.ts';
import { Scope } from '../../base/scope.ts';
import { Store } from '../../state/store.ts';
import { emptyState } from '../../testing/empty-state.ts';
import { LocalGuest, privateBinfmtAvailable } from '../../testing/local-guest.ts';
import { aContainer, aHandler, anImage, aPlatform } from '../../testing/sample-records.ts';
import { withTempFolder } from '../../testing/temp-folder.ts';
import { Doctor } from './doctor.ts';
import { foreignVmsAbsent } from './foreign-vms-absent.ts';
import type { ContainerEvidence, ContainerFacts, DoctorHandlers, FixRunner } from './ports.ts';
import { RememberedFixes } from './remembered-fixes.ts';

const catalogueFolder = join(import.meta.dirname, '..', '..', '..', 'resources', 'doctor-catalogue');

/** An empty binfmt_misc of our own takes the guest's part: no handler is on there. */
const available = process.arch === 'x64' && privateBinfmtAvailable();

let store: Store;
let guest: LocalGuest;
let scope: Scope;
let docker: Map<string, { facts: ContainerFacts; lines: string[] }>;
let done: string[];
let pullProblem: string | undefined;

const evidence: ContainerEvidence = {
  facts: async (id) => {
    const known = docker.get(id);
    if (!known) throw new Error(`no container ${id}`);
    return known.facts;
  },
  lastLines: async ({ id }) => docker.get(id)?.lines ?? [],
  lastOutputAt: async () => null,
};

const runner: FixRunner = {
  start: async (container) => void done.push(`start ${container}`),
  pull: async (image, arch) => {
    if (pullProblem !== undefined) throw new Error(pullProblem);
    done.push(`pull ${image} ${arch}`);
  },
  runAgain: async ({ container, changes, data }) => {
    done.push(`again ${container} ${data} ${JSON.stringify(changes)}`);
    return { id: 'new', originalName: 'web-before' };
  },
};

const handlers: DoctorHandlers = {
  on: async (_vm, arch) => {
    done.push(`on ${arch}`);
    return aHandler({ arch, state: 'on', emulatorVersion: '10.0.13' });
  },
  choose: async (_vm, arch, version) => {
    done.push(`choose ${arch} ${version}`);
    return aHandler({ arch, state: 'on', emulatorVersion: '11.1.3' });
  },
};

beforeEach(async () => {
  store = new Store(emptyState());
  docker = new Map();
  done = [];
  pullProblem = undefined;
  scope = new Scope('test');
  guest = await LocalGuest.start({ privateBinfmt: available });
});

afterEach(async () => {
  await scope.close();
  await guest.close();
  expect(guest.alive).toBe(0);
});

function attach(folder: string): Doctor {
  const doctor = new Doctor({
    store,
    handlers,
    foreignVms: foreignVmsAbsent,
    remembered: new RememberedFixes(join(folder, 'fixes.json'), silentLog),
    catalogueFolder,
    hostPlatform: 'linux',
    log: silentLog,
  });
  doctor.start(scope.signal);
  doctor.attach({ vm: { name: 'service', arch: 'amd64' }, link: guest, evidence, runner, scope });
  return doctor;
}

function handlerIs(state: 'on' | 'off'): void {
  const value = aHandler({
    state,
    flags: state === 'on' ? 'POCF' : null,
    emulatorVersion: state === 'on' ? '10.0.13+ds-0+deb13u1' : null,
  });
  store.commit({ in: 'handlers', key: handlerKey('service', 'arm64'), value });
}

/** A container of arm64 that ended, `agoMs` before now. */
function ended(change: Partial<ContainerFacts>, lines: string[], agoMs = 0): Container {
  const id = change.id ?? 'web';
  docker.set(id, {
    lines,
    facts: {
      id,
      name: id,
      image: 'demo:1',
      state: 'ended',
      exitCode: 1,
      oomKilled: false,
      error: '',
      argv: ['uname'],
      environment: {},
      tty: false,
      startedAt: Date.now() - agoMs - 100,
      finishedAt: Date.now() - agoMs,
      pid: null,
      autoRemove: false,
      ...change,
    },
  });
  const row = aContainer({
    id,
    name: id,
    image: 'demo:1',
    arch: 'arm64',
    execution: 'unknown',
    state: 'exited',
    exitCode: change.exitCode ?? 1,
  });
  return row;
}

function show(row: Container): void {
  store.commit({ in: 'containers', key: row.id, value: row });
}

const refused = ['exec /usr/bin/uname: exec format error'];
const hourAgoMs = 3_600_000;

describe.skipIf(!available)('a container that fails while the doctor watches', () => {
  it('gets its verdict by itself, from what the kernel lists', async () => {
    await withTempFolder(async (folder) => {
      attach(folder);
      handlerIs('off');
      const row = ended({}, refused);
      show({ ...row, state: 'created', exitCode: null });
      show(row);
      await expect.poll(() => store.state.containers.web?.diagnosis?.rule).toBe('no-handler');
    });
  });

  it('keeps its verdict when its row is written again from before', async () => {
    await withTempFolder(async (folder) => {
      attach(folder);
      handlerIs('off');
      const row = ended({}, refused);
      show(row);
      await expect.poll(() => store.state.containers.web?.diagnosis?.rule).toBe('no-handler');
      show(row);
      expect(store.state.containers.web?.diagnosis).toBeNull();
      await expect.poll(() => store.state.containers.web?.diagnosis?.rule).toBe('no-handler');
    });
  });

  it('is told when docker exec fails in it', async () => {
    await withTempFolder(async (folder) => {
      const doctor = attach(folder);
      handlerIs('off');
      show({
        ...ended({ state: 'running', exitCode: null, finishedAt: null }, []),
        state: 'running',
        exitCode: null,
      });
      doctor.execFailed('service', 'web', 1);
      await expect.poll(() => store.state.containers.web?.diagnosis?.rule).toBe('no-handler-for-exec');
    });
  });
});

describe('a container that failed earlier', () => {
  it('is judged by what the handler was then', async () => {
    await withTempFolder(async (folder) => {
      handlerIs('on');
      const doctor = attach(folder);
      show(
        ended(
          { exitCode: 139 },
          ['qemu: uncaught target signal 11 (Segmentation fault) - core dumped'],
          hourAgoMs,
        ),
      );
      const verdicts = await doctor.examine('service', 'web');
      expect(verdicts.web).toMatchObject({ rule: 'guest-sigsegv', emulator: 'qemu-aarch64 10.0.13' });
    });
  });

  it('gets no verdict when the facts do not agree', async () => {
    await withTempFolder(async (folder) => {
      handlerIs('on');
      const doctor = attach(folder);
      show(ended({}, refused, hourAgoMs));
      expect(await doctor.examine('service', null)).toEqual({});
      await expect(doctor.examine('service', 'nobody')).rejects.toMatchObject({ code: 'unknown_container' });
      await expect(doctor.examine('elsewhere', null)).rejects.toMatchObject({ code: 'wrong_state' });
    });
  });
});

describe('a fix', () => {
  it('switches the handler on, starts again, and is remembered once the container ran', async () => {
    await withTempFolder(async (folder) => {
      handlerIs('off');
      const doctor = attach(folder);
      const row = ended({}, refused, hourAgoMs);
      show(row);
      await doctor.examine('service', 'web');
      const apply = { vm: 'service', container: 'web', fix: 'switch-on', data: 'keep' as const };
      expect(await doctor.applyFix(apply)).toMatchObject({ container: 'web' });
      expect(done).toEqual(['on arm64', 'start web']);
      expect(await doctor.remembered()).toEqual([]);
      show({ ...row, exitCode: 0, execution: 'emulated', emulator: 'qemu-aarch64 10.0.13' });
      await expect
        .poll(() => doctor.remembered())
        .toMatchObject([
          {
            image: 'demo:1',
            arch: 'arm64',
            rule: 'no-handler',
            fix: 'switch-on',
            emulatorVersion: '10.0.13',
          },
        ]);
      const again = new RememberedFixes(join(folder, 'fixes.json'), silentLog);
      expect(await again.list()).toHaveLength(1);
      expect(await doctor.forget('demo:1')).toEqual([]);
    });
  });

  it('runs again with what the catalogue says, and nothing from the log', async () => {
    await withTempFolder(async (folder) => {
      handlerIs('on');
      const doctor = attach(folder);
      const lines = [
        'qemu: uncaught target signal 4 (Illegal instruction) - core dumped',
        'set LD_PRELOAD=/evil',
      ];
      show(ended({ exitCode: 132, environment: { QEMU_CPU: 'cortex-a53' } }, lines, hourAgoMs));
      const outcome = await doctor.applyFix({
        vm: 'service',
        container: 'web',
        fix: 'cpu-max',
        data: 'keep',
      });
      expect(outcome).toMatchObject({ container: 'new' });
      expect(done).toEqual(['again web keep {"env":{"QEMU_CPU":"max"},"arguments":[],"tmpfs":[]}']);
    });
  });

  it('takes the native variant, or says in plain words that there is none', async () => {
    await withTempFolder(async (folder) => {
      handlerIs('off');
      const doctor = attach(folder);
      show(ended({}, refused, hourAgoMs));
      const apply = { vm: 'service', container: 'web', fix: 'native-platform', data: 'fresh' as const };
      await doctor.applyFix(apply);
      expect(done).toEqual(['pull demo:1 amd64', 'again web fresh {"arch":"amd64"}']);
      const image = anImage({ platforms: [aPlatform({ arch: 'amd64', present: true })] });
      store.commit({ in: 'dockerImages', key: dockerImageKey('service', image.id), value: image });
      done = [];
      await doctor.applyFix(apply);
      expect(done).toEqual(['again web fresh {"arch":"amd64"}']);
      store.commit({ in: 'dockerImages', key: dockerImageKey('service', image.id), value: null });
      pullProblem = 'no matching manifest for linux/amd64 in the manifest list entries';
      await expect(doctor.applyFix(apply)).rejects.toMatchObject({
        message: expect.stringContaining('The image does not exist for this architecture'),
      });
    });
  });

  it('that is unknown, advice or impossible is refused', async () => {
    await withTempFolder(async (folder) => {
      handlerIs('on');
      const doctor = attach(folder);
      show(ended({ argv: ['strace'] }, ['strace: PTRACE_SETOPTIONS: Function not implemented'], hourAgoMs));
      const apply = (fix: string) => doctor.applyFix({ vm: 'service', container: 'web', fix, data: 'keep' });
      await expect(apply('made-up')).rejects.toMatchObject({ code: 'unknown_fix' });
      await expect(apply('qemu-gdb')).rejects.toMatchObject({ code: 'wrong_state' });
      await expect(apply('foreign-vm')).rejects.toMatchObject({ code: 'wrong_state' });
      expect(done).toEqual([]);
    });
  });
});
