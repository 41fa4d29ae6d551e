import type { State } from '../../contract/state.ts';
import type { FakeEngine } from '../fake/fake-engine.ts';
import { scenario } from '../fake/scenarios.ts';
import type { WindowPage } from '../pages/window-page.ts';
import { busyScene } from './scene.ts';

export interface Shot {
  /** Of the file in docs/screenshots/, without theme and ending. */
  readonly name: string;
  readonly scene: () => State;
  /** It shows the VM's figures, and they are to have a past. */
  readonly plots?: boolean;
  /** Brings the window to what is to be seen. */
  readonly play: (window: WindowPage, engine: FakeEngine) => Promise<void>;
}

/** What the README and docs/guide.md show, and nothing else. */
export const shots: readonly Shot[] = [
  {
    name: 'first-steps',
    scene: () => scenario('running'),
    play: async ({ page }) => {
      await page.getByRole('list', { name: 'First steps' }).waitFor();
    },
  },
  {
    name: 'overview',
    scene: busyScene,
    plots: true,
    play: async ({ overview }) => {
      await overview.meter('Memory').getByRole('img').waitFor();
    },
  },
  {
    name: 'emulation',
    scene: busyScene,
    play: async (window) => {
      await window.goTo('Emulation');
      await window.emulation.summary('arm64').waitFor();
    },
  },
  {
    name: 'run',
    scene: busyScene,
    play: async (window) => {
      await window.goTo('Images');
      const image = 'alpine:3.20';
      const { images } = window;
      await images
        .row(image)
        .getByRole('button', { name: `Run ${image}`, exact: true })
        .click();
      await images.field('Platform').selectOption('arm64');
      await images.field('Command').fill('uname -m');
      await images.forecast.getByRole('status').filter({ hasText: 'arm64' }).waitFor();
    },
  },
  {
    name: 'containers',
    scene: busyScene,
    play: async (window) => {
      await window.goTo('Containers');
      await window.containers.row('migrate').waitFor();
    },
  },
  {
    name: 'container',
    scene: busyScene,
    play: async (window) => {
      await window.goTo('Containers');
      await window.containers.open('api-arm');
      await window.containers.processes('api-arm').getByText('server.js').first().waitFor();
    },
  },
  {
    name: 'doctor',
    scene: busyScene,
    play: async (window) => {
      await window.goTo('Containers');
      await window.containers.open('migrate');
      const verdict = window.containers.verdict(/crashed under emulation/);
      await verdict.waitFor();
      await verdict.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    },
  },
  {
    name: 'suspended',
    scene: () => scenario('suspended'),
    play: async ({ overview }) => {
      await overview.resumeButton.waitFor();
    },
  },
  {
    name: 'terminal',
    scene: busyScene,
    play: async (window, engine) => {
      await window.goTo('Terminal');
      await window.terminal.open();
      const [terminal] = engine.terminals.values();
      if (!terminal) throw new Error('no terminal is open');
      const run = 'docker run --rm --platform linux/arm64 alpine:3.20 uname -m';
      terminal.write(`${run}\r\naarch64\r\n${terminal.output}`);
      await window.terminal.screen.getByText('aarch64').waitFor();
    },
  },
];
