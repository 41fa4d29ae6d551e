/** A value inside one of QEMU's comma-separated options: a comma is written twice (qemu(1), "-drive file="). */
export function optionValue(value: string): string {
  return value.replaceAll(',', ',,');
}
