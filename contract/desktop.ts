import { z } from 'zod';

/** What quitting the desktop shell does with VMs that run: asks, lets the engine go on with them, or stops them. */
export const OnQuit = z.enum(['ask', 'leave-running', 'stop']);
export type OnQuit = z.infer<typeof OnQuit>;

/** Settings which Electron's shell carries out; a browser and the command line do nothing by them. */
export const DesktopSettings = z.object({
  onQuit: OnQuit,
  openAtLogin: z.boolean(),
  /** Opened at login it shows no window, and closing the window leaves it in the tray. */
  stayInTray: z.boolean(),
  /** Tells of containers whose failure the doctor has understood. */
  notify: z.boolean(),
  /** Looks for a newer version once a day. Nothing is asked in a build which names no feed. */
  checkForUpdates: z.boolean(),
});
export type DesktopSettings = z.infer<typeof DesktopSettings>;
