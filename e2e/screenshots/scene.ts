import type { State } from '../../contract/state.ts';
import type { VmFigures } from '../../contract/vm-figures.ts';
import { fullContainers } from '../fake/container-records.ts';
import { fullImages } from '../fake/image-records.ts';
import { figuresRecord, handlerRecord, handlerRecords, priceRecord } from '../fake/records.ts';
import { scenario } from '../fake/scenarios.ts';

/** What an ordinary person has: of the specs' records those that nobody wrote to deceive a screen. */
const shownContainers: readonly string[] = ['web', 'api-arm', 'builder', 'metrics', 'db', 'migrate'];
const shownImages: readonly string[] = ['alpine:3.20', 'ghcr.io/acme/api:2.4.1', 'acme/everywhere:1'];

/** What an attacker put among the evidence of a crash comes last. */
const shownEvidence = 3;

/** A VM with a few containers, native and emulated; one of them crashed. */
export function busyScene(): State {
  const containers = fullContainers()
    .filter(({ name }) => shownContainers.includes(name))
    .map((container) => ({
      ...container,
      diagnosis: container.diagnosis && {
        ...container.diagnosis,
        evidence: container.diagnosis.evidence.slice(0, shownEvidence),
      },
    }));
  const images = Object.entries(fullImages('')).filter(([, { tags }]) => shownImages.includes(tags[0] ?? ''));
  return {
    ...scenario('running'),
    containers: Object.fromEntries(containers.map((container) => [container.id, container])),
    handlers: {
      ...handlerRecords(['arm64', 'riscv64']),
      'service/arm64': handlerRecord('arm64', 'on', {
        price: priceRecord({ loopFactor: 3.1, emulatedExecMs: 18.2 }),
      }),
    },
    dockerImages: Object.fromEntries(images),
  };
}

/** What the VM uses after `samples` samples: something that goes up and down, the same each time. */
export function figuresAfter(samples: number): Omit<VmFigures, 'at'> {
  const usual = figuresRecord();
  const wave = Math.sin(samples / 4) + Math.sin(samples / 9);
  const grown = (bytes: number, by: number): number => Math.round(bytes + by * wave);
  return {
    ...usual,
    cpuShare: 0.45 + 0.2 * wave,
    memory: {
      ...usual.memory,
      guestUsedBytes: grown(usual.memory.guestUsedBytes, 40e6),
      guestCacheBytes: grown(usual.memory.guestCacheBytes, 15e6),
      hostResidentBytes: grown(usual.memory.hostResidentBytes, 60e6),
    },
  };
}
