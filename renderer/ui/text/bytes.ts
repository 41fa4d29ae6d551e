const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1536` as "1.5 KiB": three significant digits at most, binary units, since memory and disks are sized in them. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit]}`;
}
