/**
 * Gives back the memory a large piece of work has left. V8 collects when something allocates, so an idle engine would
 * keep it; this takes some 80 ms. Does nothing in a process started without `--expose-gc`, as tests are.
 */
export async function collectGarbage(): Promise<void> {
  await globalThis.gc?.({ execution: 'async' });
  // Closed handles let go of their streams' buffers only once the first collection has found them.
  await globalThis.gc?.({ execution: 'async' });
}
