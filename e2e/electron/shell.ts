import type * as Electron from 'electron';
import type { Page } from 'playwright';

/** Electron's main-process module as `evaluate` hands it over. */
export type ElectronModule = typeof Electron;

/** A running shell, in the shape of Playwright's ElectronApplication: real Electron and the double both have it. */
export interface Shell {
  /** The first window's page, once its document is there. */
  firstWindow(): Promise<Page>;
  windows(): Page[];
  /** Runs `work` in the main process. It sees its two parameters and globals only. */
  evaluate<Result, Argument>(
    work: (electron: ElectronModule, argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
  /** What main has written to standard output and error so far. */
  output(): string;
  readonly pid: number;
  /** Exit code, null for a signal. Pending as long as main runs. */
  readonly exited: Promise<number | null>;
  /** Ends it, with SIGKILL if need be. Safe to call again. */
  dispose(): Promise<void>;
}

export interface LaunchOptions {
  /** FOREDECK_HOME. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of the program, as a second start or a link has them. */
  readonly args?: readonly string[];
}
