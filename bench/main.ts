import { Scope } from '../engine/base/scope.ts';
import type { Part } from './bench.ts';
import { benchArguments } from './bench-arguments.ts';
import { benchHome } from './bench-home.ts';
import { reportHead, versionsOf, writeReport } from './bench-report.ts';
import { coldStartFigures } from './cold-start-figures.ts';
import { composeFigures } from './compose-figures.ts';
import { dataPathFigures } from './data-path-figures.ts';
import { diskFigures } from './disk-figures.ts';
import { dockerRunFigures } from './docker-run-figures.ts';
import { figureTable } from './figure-table.ts';
import { fileEventFigures } from './file-event-figures.ts';
import { idleFigures } from './idle-figures.ts';
import { memoryFigures } from './memory-figures.ts';
import { mountFigures } from './mount-figures.ts';
import { pageFigures } from './page-figures.ts';
import { portFigures } from './port-figures.ts';
import { processTreeFigures } from './process-tree-figures.ts';
import { rowFigures } from './row-figures.ts';
import { runParts } from './run-parts.ts';
import { selfTestFigures } from './self-test-figures.ts';
import { soakFigures } from './soak-figures.ts';
import { StockRun } from './stock-run.ts';
import { suspendFigures } from './suspend-figures.ts';
import { wakeFigures } from './wake-figures.ts';

const pageSeconds = 60;
const pageSoakSeconds = 600;

/*
 * The figures of the main job on this machine, each beside its baseline of the same run, in one VM:
 *
 *   npm run bench                                        every part but the soak
 *   npm run bench -- --list                              what parts there are
 *   npm run bench -- suspend docker-run                  these only
 *   npm run bench -- soak --cycles 200 --json soak.json  and every single measurement in a file
 *
 * `--without-stock` leaves out the stock systemd guest, a baseline which takes about five minutes and root.
 */
const parts: Readonly<Record<string, Part>> = {
  // First: no VM must run beside them.
  page: {
    what: 'frames and memory of the page with 500 containers and 50 changes a second',
    run: (bench) => pageFigures(bench, pageSeconds),
  },
  'page-soak': {
    what: 'the same for ten minutes',
    onlyNamed: true,
    run: (bench) => pageFigures(bench, pageSoakSeconds),
  },
  compose: { what: 'the guest image out of cached packages', run: composeFigures },
  'cold-start': { what: 'from nothing to Docker on the host, stage by stage', run: coldStartFigures },
  suspend: { what: 'suspend and resume, and the saved memory', run: suspendFigures },
  wake: { what: 'what is back when after the host slept', run: wakeFigures },
  'docker-run': { what: 'docker run --rm, native and emulated', run: dockerRunFigures },
  'data-path': { what: 'docker load, save, cp and a build context', run: dataPathFigures },
  mounts: { what: "a shared folder beside the guest's own disk", run: mountFigures },
  ports: { what: 'published ports: TCP, UDP, and how soon they answer', run: portFigures },
  'file-events': { what: 'changes on the host, told to containers', run: fileEventFigures },
  row: { what: 'the page, and a container in it', run: rowFigures },
  idle: { what: 'CPU and memory of engine and QEMU', run: idleFigures },
  memory: { what: 'memory given back to the host', run: memoryFigures },
  disk: { what: 'disk given back to the host, and grown', run: diskFigures },
  tree: { what: 'the process tree of a VM with 500 processes', run: processTreeFigures },
  'self-tests': { what: 'emulators switched on and proved', run: selfTestFigures },
  soak: {
    what: 'suspended and resumed over and over while containers write',
    onlyNamed: true,
    run: soakFigures,
  },
};

const say = (text: string): void => console.error(`bench: ${text}`);
const scope = new Scope('bench');
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void scope.close().finally(() => process.exit(1)));
try {
  const asked = benchArguments(process.argv.slice(2), Object.keys(parts));
  if (asked.list) {
    for (const [name, { what, onlyNamed }] of Object.entries(parts)) {
      console.log(`${name.padEnd(12)}${what}${onlyNamed ? ' (only when named)' : ''}`);
    }
    process.exit();
  }
  const chosen = Object.entries(parts)
    .filter(([name, { onlyNamed }]) => (asked.names.length > 0 ? asked.names.includes(name) : !onlyNamed))
    .map(([name, part]) => ({ ...part, name }));
  const head = await reportHead();
  const { processor, cores } = head.machine;
  console.log(`${processor}, ${cores} cores, ${head.date}, load before ${head.loadBefore?.join(' ')}\n`);

  const { path: home, client } = await benchHome(scope);
  const stock = new StockRun({ scope, leftOut: whyWithoutStock(asked.withoutStock), say });
  let versions = versionsOf(null);
  const reports = await runParts(chosen, {
    ...{ home, client, stock, scope, say, cycles: asked.cycles },
    onRunning: (vm) => {
      versions = versionsOf(vm);
    },
    onReport: async (parts) => {
      if (asked.json) await writeReport(asked.json, { ...head, versions, parts });
    },
  });
  console.log(figureTable(reports));
  const { qemu, accelerator, guestImage } = versions;
  console.log(qemu ? `\nQEMU ${qemu}, ${accelerator}; guest image ${guestImage}` : '\nno VM ran');
  if (reports.some(({ problem }) => problem !== null)) process.exitCode = 1;
} catch (thrown) {
  if (!scope.closed) say(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 1;
} finally {
  await scope.close();
}

function whyWithoutStock(asked: boolean): string | null {
  if (asked) return 'left out';
  return process.getuid?.() === 0 ? null : 'mmdebstrap wants root here';
}
