import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { Arch, HostArch } from './arch.ts';
import { WireError } from './errors.ts';
import { ProcessSample } from './process-tree.ts';
import { DockerCli, GuestImage, Handler, Host, Job, SelfTest, Settings, Vm, VmName } from './records.ts';
import { StateUpdate } from './state.ts';
import { Terminal, TerminalSize } from './terminal.ts';

/** Raised when contract and engine differ in a way that old clients cannot follow. */
export const protocolVersion = 1;

const procedure = oc.errors({ ENGINE: { message: 'The engine could not do this', data: WireError } });

const OfVm = z.object({ vm: VmName });
const OfHandler = z.object({ vm: VmName, arch: Arch });

/** Every procedure and event stream, once; windows, browsers and the command line use the same. */
export const contract = {
  engine: {
    info: procedure.output(z.object({ protocol: z.number().int(), host: Host, startedAt: z.number() })),
    /** Stops every VM in order, then the engine process. Resolves before the process ends. */
    quit: procedure.output(z.void()),
  },
  state: {
    watch: procedure.output(eventIterator(StateUpdate)),
  },
  settings: {
    /** Changes the named settings only. Answers with all of them. */
    set: procedure.input(Settings.partial()).output(Settings),
  },
  vm: {
    /** Composes the image and makes the disk when absent. Resolves when Docker answers on the host. */
    start: procedure.input(OfVm).output(Vm),
    /** Aborts a start under way, then stops. Resolves when QEMU's exit is confirmed. */
    stop: procedure.input(OfVm).output(Vm),
    restart: procedure.input(OfVm).output(Vm),
    /** The newest lines of the serial console, oldest first; hostile text. */
    console: procedure
      .input(z.object({ vm: VmName, lines: z.number().int().min(1).max(10_000).default(200) }))
      .output(z.array(z.string())),
  },
  emulation: {
    list: procedure.input(OfVm).output(z.array(Handler)),
    on: procedure.input(OfHandler).output(Handler),
    off: procedure.input(OfHandler).output(Handler),
    test: procedure.input(OfHandler).output(SelfTest),
  },
  processes: {
    /** A sample now, then one every two seconds as long as the stream is read; nothing runs otherwise. */
    watch: procedure
      .input(z.object({ vm: VmName, container: z.string().nullable() }))
      .output(eventIterator(ProcessSample)),
    sample: procedure.input(z.object({ vm: VmName, container: z.string().nullable() })).output(ProcessSample),
  },
  terminal: {
    /** `argv` null: the login shell. */
    open: procedure
      .input(z.object({ vm: VmName, argv: z.array(z.string()).min(1).nullable(), ...TerminalSize.shape }))
      .output(Terminal),
    list: procedure.output(z.array(Terminal)),
    close: procedure.input(z.object({ id: z.string() })).output(z.void()),
  },
  image: {
    /** Resolves when composed; the job's progress is in the state. */
    build: procedure.input(z.object({ arch: HostArch })).output(GuestImage),
    list: procedure.output(z.array(GuestImage)),
  },
  job: {
    cancel: procedure.input(z.object({ id: z.string() })).output(Job),
  },
  guest: {
    /**
     * Prepares an argument vector to run in the VM without a terminal. It starts when the client attaches to the
     * raw stream at `execPath(id)` (see terminal.ts), once.
     */
    exec: procedure
      .input(z.object({ vm: VmName, argv: z.array(z.string()).min(1) }))
      .output(z.object({ id: z.string() })),
  },
  dockerCli: {
    /** Looks again, after the person has installed one. */
    find: procedure.output(DockerCli),
    /** Linux only: unpacks Debian's docker-cli and docker-buildx, verified, into FOREDECK_HOME. */
    install: procedure.output(DockerCli),
  },
};
