/*
 * The engine streams hundreds of megabytes when it composes an image, and has to be small when idle. Neither of its
 * allocators can be told so from inside, so whoever starts the process does.
 */

/**
 * V8 lets garbage, buffers included, grow in proportion to the young generation, 16 MiB unless said; `--expose-gc` is
 * for collect-garbage.ts.
 */
export const v8Options: readonly string[] = ['--max-semi-space-size=2', '--expose-gc'];

/**
 * glibc keeps an arena for each thread and what was freed below other blocks; fewer arenas and single mappings for
 * buffers return it (mallopt(3)). After composing twice: 187 MB resident without, 153 to 183 MB in four runs with. Other
 * libcs ignore them.
 */
const allocatorSettings: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/** The environment an engine starts with. */
export function withAllocatorSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, ...allocatorSettings };
}

/** In the engine: glibc has read them by now, and QEMU and xz are better off without. */
export function dropAllocatorSettings(): void {
  for (const name of Object.keys(allocatorSettings)) delete process.env[name];
}
