import type { Shell } from './shell.ts';

/** What the shell has said to the person's desktop, kept in the main process. */
interface Said {
  menu: { label: string; enabled: boolean; click: () => void }[];
  notifications: { title: string; body: string; click: () => void }[];
  questions: { message: string; detail: string; buttons: string[] }[];
  /** Resolves a question that waits, with a button's number. */
  answer: ((response: number, checkboxChecked?: boolean) => void) | null;
}

declare global {
  var said: Said;
}

/** Notes tray menus, notifications and questions from now on, on real Electron as on the double. */
export async function listenToDesktop(shell: Shell): Promise<void> {
  await shell.evaluate(({ dialog, Notification, Tray }) => {
    const said: Said = { menu: [], notifications: [], questions: [], answer: null };
    globalThis.said = said;
    const setContextMenu = Tray.prototype.setContextMenu;
    Tray.prototype.setContextMenu = function (menu) {
      said.menu = (menu?.items ?? []) as unknown as Said['menu'];
      setContextMenu.call(this, menu);
    };
    Notification.isSupported = () => true;
    Notification.prototype.show = function () {
      said.notifications.push({ title: this.title, body: this.body, click: () => this.emit('click') });
    };
    dialog.showMessageBox = (async (options: Electron.MessageBoxOptions) => {
      const { message, detail = '', buttons = [], signal } = options;
      said.questions.push({ message, detail, buttons });
      return await new Promise((resolve) => {
        said.answer = (response, checkboxChecked = false) => resolve({ response, checkboxChecked });
        signal?.addEventListener('abort', () => said.answer?.(options.cancelId ?? 0));
      });
    }) as typeof dialog.showMessageBox;
  }, null);
}

export function trayLabels(shell: Shell): Promise<string[]> {
  return shell.evaluate(() => globalThis.said.menu.map(({ label }) => label).filter(Boolean), null);
}

export async function clickTray(shell: Shell, label: string): Promise<void> {
  await shell.evaluate((_electron, wanted) => {
    const item = globalThis.said.menu.find((each) => each.label === wanted);
    if (!item?.enabled) throw new Error(`The tray has no "${wanted}" to click`);
    item.click();
  }, label);
}

export function notifications(shell: Shell): Promise<{ title: string; body: string }[]> {
  return shell.evaluate(
    () => globalThis.said.notifications.map(({ title, body }) => ({ title, body })),
    null,
  );
}

export function questions(shell: Shell): Promise<Said['questions']> {
  return shell.evaluate(() => globalThis.said.questions, null);
}

export async function answer(shell: Shell, button: string, checked = false): Promise<void> {
  await shell.evaluate(
    (_electron, [wanted, checkbox]) => {
      const { answer, questions } = globalThis.said;
      const response = questions.at(-1)?.buttons.indexOf(wanted) ?? -1;
      if (!answer || response < 0) throw new Error(`Nobody asks for "${wanted}"`);
      globalThis.said.answer = null;
      answer(response, checkbox);
    },
    [button, checked] as const,
  );
}
