/** Whether `version` (`10.0.13`) is older than `bound`; never for an unknown one. */
export function olderThan(version: string | null, bound: string): boolean {
  if (version === null) return false;
  const numbers = version.split('.').map(Number);
  const bounds = bound.split('.').map(Number);
  for (let index = 0; index < Math.max(numbers.length, bounds.length); index += 1) {
    const difference = (numbers[index] ?? 0) - (bounds[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
