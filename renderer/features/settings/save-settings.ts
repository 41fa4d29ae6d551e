import type { Settings } from '../../../contract/records.ts';
import { perform } from '../../state/perform.ts';
import { toastDone } from '../../ui/toasts.tsx';

/** What a save is pending under: one at a time, since each is undone by what was there before it. */
export const savingKey = 'settings:save';

/** Saves a change and offers to take it back. False when it was not saved; then the reason is shown. */
export async function saveSettings(change: Partial<Settings>, before: Settings): Promise<boolean> {
  const saved = await perform(savingKey, (client) => client.settings.set(change));
  if (!saved) return false;
  const former = Object.fromEntries(
    Object.keys(change).map((name) => [name, before[name as keyof Settings]]),
  );
  toastDone('Saved.', {
    undo: () => void perform(savingKey, (client) => client.settings.set(former)),
  });
  return true;
}
