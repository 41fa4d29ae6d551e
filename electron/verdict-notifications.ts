import { Notification } from 'electron';
import type { EngineState } from './engine-state.ts';
import { newVerdicts } from './new-verdicts.ts';
import type { MainWindow } from './window.ts';

/** Tells what the doctor found out while nobody looks at the window; a click shows it. */
export function notifyVerdicts(state: EngineState, window: MainWindow): void {
  // A notification that is collected as garbage loses its click.
  const shown = new Set<Notification>();
  state.listen((change) => {
    if (!change.state?.settings.notify || window.focused || !Notification.isSupported()) return;
    for (const { title, body, path } of newVerdicts(change)) {
      const notification = new Notification({ title, body });
      shown.add(notification);
      notification.on('click', () => window.navigate(path));
      notification.on('close', () => shown.delete(notification));
      notification.show();
    }
  });
}
