import type Electron from 'electron';
import { app } from './app.ts';

type Template = (Electron.MenuItemConstructorOptions | Electron.MenuItem)[];

/** A menu as data. It is never drawn; `quit` works, other roles have nothing to act on. */
export class Menu {
  static #application: Menu | null = null;
  readonly items: MenuItem[];

  private constructor(items: MenuItem[]) {
    this.items = items;
  }

  static buildFromTemplate(template: Template): Menu {
    return new Menu(template.map((options) => new MenuItem(options as Electron.MenuItemConstructorOptions)));
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
}

class MenuItem {
  readonly label: string;
  readonly role: string | undefined;
  readonly accelerator: string | undefined;
  readonly enabled: boolean;
  readonly submenu: Menu | undefined;
  readonly #onClick: (() => void) | undefined;

  constructor(options: Electron.MenuItemConstructorOptions) {
    if (!options.label && !options.role && options.type !== 'separator')
      throw new TypeError('A menu item needs a label, a role or to be a separator');
    this.label = options.label ?? options.role ?? '';
    this.role = options.role;
    this.accelerator = options.accelerator ?? undefined;
    this.enabled = options.enabled ?? true;
    this.submenu = Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : undefined;
    this.#onClick = options.click as (() => void) | undefined;
  }

  click(): void {
    if (!this.enabled) return;
    if (this.role === 'quit') app.quit();
    this.#onClick?.();
  }
}
