/**
 * Gives back the memory a large piece of work has left. V8 collects when something allocates, so an idle engine would
 * keep it; this takes some 40 ms. Does nothing in a process started without `--expose-gc`, as tests are.
 */
export function collectGarbage(): void {
  globalThis.gc?.();
}
