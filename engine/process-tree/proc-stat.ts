/** One process's /proc/PID/stat. Source: proc_pid_stat(5). */
export interface ProcStat {
  readonly comm: string;
  readonly state: string;
  /** A numeric field by the number which the manual page gives it, from 4 (ppid) on. */
  readonly field: (number: number) => number;
}

export function procStat(stat: Buffer): ProcStat {
  // The name stands in parentheses and may itself hold anything, parentheses and newlines included.
  const nameEnd = stat.lastIndexOf(0x29);
  const words = stat
    .subarray(nameEnd + 2)
    .toString('latin1')
    .split(' ');
  return {
    comm: stat.subarray(stat.indexOf(0x28) + 1, nameEnd).toString('utf8'),
    state: words[0] ?? '',
    field: (number) => Number(words[number - 3] ?? 0),
  };
}
