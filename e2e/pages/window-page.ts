import type { Locator, Page } from '@playwright/test';
import { ActivityPage } from './activity-page.ts';
import { ContainersPage } from './containers-page.ts';
import { EmulationPage } from './emulation-page.ts';
import { ImagesPage } from './images-page.ts';
import { ObjectsPage } from './objects-page.ts';
import { OverviewPage } from './overview-page.ts';
import { Palette } from './palette.ts';
import { PortsPage } from './ports-page.ts';
import { ProcessesPage } from './processes-page.ts';
import { SettingsPage } from './settings-page.ts';
import { TerminalPage } from './terminal-page.ts';

/** Every screen by its name in the navigation: specs of all of them go through these. */
export const screenNames = [
  'Overview',
  'Containers',
  'Processes',
  'Images',
  'Volumes',
  'Networks',
  'Ports',
  'Builds',
  'Emulation',
  'Terminal',
  'Activity',
  'Settings',
] as const;
export type ScreenName = (typeof screenNames)[number];

/** The whole window, found as a person or a screen reader finds its parts: by role and name. */
export class WindowPage {
  readonly page: Page;
  readonly navigation: Locator;
  /** The strip at the bottom which says how the connection is. */
  readonly statusBar: Locator;
  readonly overview: OverviewPage;
  readonly containers: ContainersPage;
  readonly processes: ProcessesPage;
  readonly images: ImagesPage;
  readonly volumes: ObjectsPage;
  readonly networks: ObjectsPage;
  readonly ports: PortsPage;
  readonly emulation: EmulationPage;
  readonly terminal: TerminalPage;
  readonly activity: ActivityPage;
  readonly settings: SettingsPage;
  readonly palette: Palette;

  constructor(page: Page) {
    this.page = page;
    this.navigation = page.getByRole('navigation', { name: 'Main' });
    this.statusBar = page.getByRole('contentinfo');
    this.overview = new OverviewPage(page);
    this.containers = new ContainersPage(page);
    this.processes = new ProcessesPage(page);
    this.images = new ImagesPage(page);
    this.volumes = new ObjectsPage(page, 'Volumes');
    this.networks = new ObjectsPage(page, 'Networks');
    this.ports = new PortsPage(page);
    this.emulation = new EmulationPage(page);
    this.terminal = new TerminalPage(page);
    this.activity = new ActivityPage(page);
    this.settings = new SettingsPage(page);
    this.palette = new Palette(page);
  }

  /** Opens an address as `foredeck serve` prints it and waits for the engine's state. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.statusBar.getByText('Connected to the engine').waitFor();
  }

  async goTo(screen: ScreenName): Promise<void> {
    await this.navigation.getByRole('link', { name: screen }).click();
    await this.page.getByRole('heading', { name: screen, level: 1 }).waitFor({ state: 'attached' });
  }

  /** The message of a failure which belongs to no record. */
  toast(text: string | RegExp): Locator {
    return this.page.getByRole('region', { name: /Notifications/ }).getByText(text);
  }
}
