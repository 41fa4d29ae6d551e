import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { ActivityEntry } from './activity.ts';
import { Arch, HostArch } from './arch.ts';
import { Build, BuildCache, BuildReport } from './builds.ts';
import { ContainerAction, OfContainer, OfProject, Removal } from './container-actions.ts';
import { Download, FileList, FilePath } from './container-files.ts';
import { LogBatch, LogQuery } from './container-logs.ts';
import { UsageSample } from './container-usage.ts';
import { DockerImage } from './docker-images.ts';
import { Diagnosis, FixOutcome, RememberedFix } from './doctor.ts';
import { HandlerUse, Price } from './emulation.ts';
import { WireError } from './errors.ts';
import { Certificate, HostNetwork } from './host-network.ts';
import { Forecast, Launch } from './launch.ts';
import { Network, NetworkMember, NewNetwork } from './networks.ts';
import { ProcessSample } from './process-tree.ts';
import { Pruned, PrunePlan, PruneTarget } from './prune.ts';
import { PortKey, PortNumber, PublishedPort } from './published-ports.ts';
import {
  DiskName,
  DockerCli,
  GuestImage,
  Handler,
  Host,
  Job,
  SelfTest,
  Settings,
  Vm,
  VmName,
} from './records.ts';
import { StopBy } from './saved-state.ts';
import { NewShare, Share, SharePath } from './shares.ts';
import { StateUpdate } from './state.ts';
import { LensMode, LensReport } from './syscall-lens.ts';
import { Terminal, TerminalSize } from './terminal.ts';
import { Reclaimed, VmFigures } from './vm-figures.ts';
import { NewObjectName, Volume } from './volumes.ts';

/** Raised when contract and engine differ in a way that old clients cannot follow. */
export const protocolVersion = 5;

const procedure = oc.errors({ ENGINE: { message: 'The engine could not do this', data: WireError } });

const OfVm = z.object({ vm: VmName });
const OfDisk = z.object({ vm: VmName, disk: DiskName });
/** A volume's name, a network's or a build's id, as a list has it. */
const OfObject = z.object({ vm: VmName, id: z.string().min(1).max(500) });
const OfPort = z.object({ ...OfContainer.shape, ...PortKey.shape });
const OfHandler = z.object({ vm: VmName, arch: Arch });

/** Every procedure and event stream, once; windows, browsers and the command line use the same. */
export const contract = {
  engine: {
    info: procedure.output(z.object({ protocol: z.number().int(), host: Host, startedAt: z.number() })),
    /**
     * Stops every VM as the setting `stopBy` says, then the engine process. Resolves before the process ends.
     * `hurried`, because the host goes down: a VM that is not suspended within seconds is shut down.
     */
    quit: procedure.input(z.object({ hurried: z.boolean() }).optional()).output(z.void()),
  },
  /** What the host does. Of VMs that cannot be reached nothing is asked, so neither fails. */
  host: {
    /** It is about to sleep: guests write what they hold to their disks, as its battery may run out meanwhile. */
    sleeps: procedure.output(z.void()),
    /** It has slept: guests' clocks are set, and a connection that does not answer is made anew at once. */
    woke: procedure.output(z.void()),
  },
  state: {
    watch: procedure.output(eventIterator(StateUpdate)),
  },
  settings: {
    /**
     * Changes the named settings only. Resolves with all of them when VMs that run have taken over what concerns them;
     * `guest_command_failed` when one could not, though they are saved.
     */
    set: procedure.input(Settings.partial()).output(Settings),
  },
  hostNetwork: {
    /** Looks now. */
    look: procedure.output(HostNetwork),
    /** Every certificate in a text. Throws `bad_input` for one without any, and for one that cannot be trusted. */
    readCertificates: procedure
      .input(z.object({ text: z.string().max(1_000_000) }))
      .output(z.array(Certificate)),
  },
  vm: {
    /**
     * Resumes a suspended VM, boots otherwise: composes the image and makes the disk when absent. Resolves when Docker
     * answers on the host. `saved_state_unusable` when the saved state does not fit any more; `discardState` boots then.
     */
    start: procedure.input(z.object({ vm: VmName, discardState: z.boolean().default(false) })).output(Vm),
    /**
     * Aborts a start under way, then stops: suspends or shuts down, as the setting `stopBy` says where `by` does not.
     * Where the VM cannot be suspended it is left running (`suspend_failed`). Resolves when QEMU's exit is confirmed.
     */
    stop: procedure.input(z.object({ vm: VmName, by: StopBy.optional() })).output(Vm),
    /** Shuts down and boots. */
    restart: procedure.input(OfVm).output(Vm),
    /** Throws the memory of a suspended VM away: its programs end as at a power cut, its disk stays. */
    discardState: procedure.input(OfVm).output(Vm),
    figures: procedure.input(OfVm).output(VmFigures),
    /** A sample now, then one every two seconds as long as the stream is read; nothing runs otherwise. */
    watchFigures: procedure.input(OfVm).output(eventIterator(VmFigures)),
    /** Gives disk space which the guest does not use back to the host; resolves when that is done. */
    reclaimDisk: procedure.input(OfVm).output(Reclaimed),
    /** Makes the disk larger, at once in a running VM. Disks do not get smaller: `bad_input`. */
    growDisk: procedure.input(z.object({ vm: VmName, diskGiB: Settings.shape.diskGiB })).output(Vm),
    /** Gives the running VM a read-only disk, much faster for large files than the Docker socket. */
    plugDisk: procedure.input(OfDisk).output(z.void()),
    /** Resolves when the guest has let go of it. */
    unplugDisk: procedure.input(OfDisk).output(z.void()),
    /** The newest lines of the serial console, oldest first; hostile text. */
    console: procedure
      .input(z.object({ vm: VmName, lines: z.number().int().min(1).max(10_000).default(200) }))
      .output(z.array(z.string())),
  },
  emulation: {
    list: procedure.input(OfVm).output(z.array(Handler)),
    on: procedure.input(OfHandler).output(Handler),
    off: procedure.input(OfHandler).output(Handler),
    /** The whole ladder, `busybox` and `docker` included. */
    test: procedure.input(OfHandler).output(SelfTest),
    /** Every foreign architecture at once; resolves when each is on, off or has failed. */
    all: procedure.input(z.object({ vm: VmName, to: z.enum(['on', 'off']) })).output(z.array(Handler)),
    /** What runs under the handler now, and what switching it off breaks. */
    use: procedure.input(OfHandler).output(HandlerUse),
    /**
     * Registers another version, given as a suite, a Debian version or its beginning (`11.1`), or `previous`. When
     * it does not prove itself the one before is put back and the error says so.
     */
    choose: procedure.input(z.object({ ...OfHandler.shape, version: z.string().min(1) })).output(Handler),
    /** Measures anew; takes about two seconds of the VM. */
    measure: procedure.input(OfHandler).output(Price),
  },
  doctor: {
    /** Looks anew; `container` null: at every container of the VM that failed. Keyed by container id. */
    examine: procedure
      .input(z.object({ vm: VmName, container: z.string().nullable() }))
      .output(z.record(z.string(), Diagnosis)),
    /**
     * Applies a fix of the container's diagnosis. Running again makes a new container of the same configuration and
     * keeps the old one, stopped and renamed; `data` says what becomes of what it had written.
     */
    fix: procedure
      .input(
        z.object({ vm: VmName, container: z.string(), fix: z.string(), data: z.enum(['keep', 'fresh']) }),
      )
      .output(FixOutcome),
    /** Fixes that worked, by image: to export, and to see what is remembered. */
    remembered: procedure.output(z.array(RememberedFix)),
    forget: procedure.input(z.object({ image: z.string() })).output(z.array(RememberedFix)),
  },
  container: {
    /** Resolves when Docker has done it; what is so already is no failure. */
    act: procedure.input(z.object({ ...OfContainer.shape, action: ContainerAction })).output(z.void()),
    /** All at once; resolves when each has, with how many there were. Throws when some have not, and says which. */
    actOnProject: procedure.input(OfProject).output(z.object({ containers: z.number().int() })),
    /** What `remove` would take away. */
    removal: procedure.input(OfContainer).output(Removal),
    /** Kills it first where it runs. `volumes`: those without a name go as well. */
    remove: procedure.input(z.object({ ...OfContainer.shape, volumes: z.boolean() })).output(z.void()),
    /** All that Docker says of it, as `docker inspect` prints it; hostile text. */
    inspect: procedure.input(OfContainer).output(z.record(z.string(), z.unknown())),
    /**
     * What there is, then what comes, for as long as it is read and no faster than that. Ends with the container's run.
     * Throws `wrong_state` where its log driver keeps nothing that can be read.
     */
    watchLogs: procedure
      .input(z.object({ ...OfContainer.shape, ...LogQuery.shape }))
      .output(eventIterator(LogBatch)),
    /**
     * A sample now, then one every two seconds as long as the stream is read. `container` null: processor and memory of
     * every running container; otherwise everything about that one.
     */
    watchUsage: procedure
      .input(z.object({ vm: VmName, container: z.string().nullable() }))
      .output(eventIterator(UsageSample)),
    /** A folder of a running container, read without any program of its own. `wrong_state` while it does not run. */
    files: procedure.input(z.object({ ...OfContainer.shape, path: FilePath })).output(FileList),
    /** Prepares a file or folder to be fetched at `downloadPath(id)`, running or not. */
    download: procedure.input(z.object({ ...OfContainer.shape, path: FilePath })).output(Download),
  },
  port: {
    /**
     * Forwards from another port of the host instead, kept for this container until `moveBack` or its removal; null: a
     * free one. `port_taken` where that one cannot be had, `wrong_state` while the container does not publish it.
     */
    move: procedure
      .input(z.object({ ...OfPort.shape, hostPort: PortNumber.nullable() }))
      .output(PublishedPort),
    moveBack: procedure.input(OfPort).output(PublishedPort),
    /** Tries at once what could not be forwarded, which the engine does each minute anyway. */
    check: procedure.input(OfVm).output(z.void()),
  },
  dockerImage: {
    list: procedure.input(OfVm).output(z.array(DockerImage)),
    /** Resolves when pulled; a job shows the progress. */
    pull: procedure.input(z.object({ vm: VmName, image: z.string().min(1), arch: Arch })).output(DockerImage),
    /** A root filesystem as a tar archive on the host, as `docker import` takes it. */
    import: procedure
      .input(z.object({ vm: VmName, path: z.string().min(1), image: z.string().min(1), arch: Arch }))
      .output(DockerImage),
    /**
     * A small image to try an architecture with, `foredeck-sample:arm64`: Debian's statically linked busybox out of its
     * signed package, so that it needs no registry. Throws `package_missing` where Debian has none.
     */
    sample: procedure.input(z.object({ vm: VmName, arch: Arch })).output(DockerImage),
    /** Removes a tag, and the image with its last one. Throws `wrong_state` while a container uses it. */
    remove: procedure.input(z.object({ vm: VmName, image: z.string().min(1) })).output(z.void()),
    /** Whether and how it would run: asks its registry when the VM does not have it. */
    forecast: procedure
      .input(z.object({ vm: VmName, image: z.string().min(1), arch: Arch.nullable() }))
      .output(Forecast),
    /** Creates and starts a container; answers its id. */
    launch: procedure.input(z.object({ vm: VmName, ...Launch.shape })).output(z.object({ id: z.string() })),
  },
  volume: {
    list: procedure.input(OfVm).output(z.array(Volume)),
    create: procedure.input(z.object({ vm: VmName, name: NewObjectName })).output(Volume),
    /** With all of its data, for good. Throws `wrong_state` naming the containers that use it, running or not. */
    remove: procedure.input(OfObject).output(z.void()),
    /** Docker's own record of it. */
    inspect: procedure.input(OfObject).output(z.record(z.string(), z.unknown())),
    /** Has Docker add up every volume's files, which may take long; ends when the caller leaves. */
    measure: procedure.input(OfVm).output(z.array(Volume)),
  },
  network: {
    list: procedure.input(OfVm).output(z.array(Network)),
    create: procedure.input(z.object({ vm: VmName, ...NewNetwork.shape })).output(Network),
    /** Throws `wrong_state` naming the containers that use it, running or not. */
    remove: procedure.input(OfObject).output(z.void()),
    inspect: procedure.input(OfObject).output(z.record(z.string(), z.unknown())),
    /** The container is found there by its name from now on, running or not. `unknown_network`, `unknown_container`. */
    connect: procedure.input(z.object({ vm: VmName, ...NetworkMember.shape })).output(z.void()),
    /** At once, whatever connections it has there. */
    disconnect: procedure.input(z.object({ vm: VmName, ...NetworkMember.shape })).output(z.void()),
  },
  build: {
    /** The builds BuildKit remembers, newest first: now, and whenever one begins or ends. */
    watch: procedure.input(OfVm).output(eventIterator(z.array(Build))),
    /** The steps and the log of one: what there is, and what follows while it runs. */
    report: procedure.input(OfObject).output(eventIterator(BuildReport)),
    /** Forgets a build that has ended; its result and its cache stay. */
    forget: procedure.input(OfObject).output(z.void()),
    /** May take long; ends when the caller leaves. */
    cache: procedure.input(OfVm).output(BuildCache),
  },
  shares: {
    list: procedure.output(z.array(Share)),
    /**
     * Shows a folder of the host to the service VM, at the same path and at once where it runs; resolves when it is
     * mounted, or with the share's `state` saying why not. One that is shared already is tried again, and changed where
     * `readOnly` differs. `share_refused` for folders which may not be shared.
     */
    add: procedure.input(NewShare).output(Share),
    /** Resolves when the VM does not see it any more. `unknown_share`, and `wrong_state` while a running container uses it. */
    remove: procedure.input(z.object({ path: SharePath })).output(z.void()),
  },
  prune: {
    /** What would go now. Measures, which may take long; ends when the caller leaves. */
    plan: procedure.input(z.object({ vm: VmName, target: PruneTarget })).output(PrunePlan),
    /** Removes, as a job, what nothing uses; of the build cache all of it, otherwise only those in `ids`, which a plan showed. */
    run: procedure
      .input(z.object({ vm: VmName, target: PruneTarget, ids: z.array(z.string()).max(100_000) }))
      .output(Pruned),
  },
  activity: {
    /** What is remembered, newest last, then what happens; in batches. */
    watch: procedure.output(eventIterator(z.array(ActivityEntry))),
  },
  lens: {
    /**
     * Runs a copy of the container under observation; a report now and at each change, the last one when it has
     * ended. Ends by itself with the program or after `seconds`; leaving the stream ends it, too. The copy is removed.
     */
    watch: procedure
      .input(
        z.object({
          vm: VmName,
          container: z.string(),
          mode: LensMode,
          seconds: z.number().int().min(1).max(600).default(30),
        }),
      )
      .output(eventIterator(LensReport)),
  },
  processes: {
    /** A sample now, then one every two seconds as long as the stream is read; nothing runs otherwise. */
    watch: procedure
      .input(z.object({ vm: VmName, container: z.string().nullable() }))
      .output(eventIterator(ProcessSample)),
    sample: procedure.input(z.object({ vm: VmName, container: z.string().nullable() })).output(ProcessSample),
  },
  terminal: {
    /** In the VM, or in a running container of it. `argv` null: the login shell, or the container's own. */
    open: procedure
      .input(
        z.object({
          vm: VmName,
          container: z.string().min(1).max(128).nullable().default(null),
          argv: z.array(z.string()).min(1).nullable(),
          ...TerminalSize.shape,
        }),
      )
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
    /** Linux only: unpacks Debian's docker-cli, docker-buildx and docker-compose, verified, into FOREDECK_HOME. */
    install: procedure.output(DockerCli),
  },
};
