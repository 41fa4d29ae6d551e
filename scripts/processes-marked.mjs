import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Processes whose environment holds `mark`, apart from this one: whatever a run that set it has started, detached or
 * not.
 *
 * @param {string} mark
 * @returns {{pid: number, command: string}[]}
 */
export function processesMarked(mark) {
  const found = existsSync('/proc/self/environ') ? fromProc(mark) : fromPs(mark);
  return found.filter(({ pid }) => pid !== process.pid);
}

/** @param {string} mark */
function fromProc(mark) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'utf8').includes(mark)) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), command: command || 'a zombie' }];
      } catch {
        // Gone meanwhile, or another user's.
        return [];
      }
    });
}

/** macOS: `e` shows the environment behind the command. @param {string} mark */
function fromPs(mark) {
  const lines = execFileSync('ps', ['axeww', '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return lines
    .split('\n')
    .filter((line) => line.includes(mark))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().slice(0, 200) }));
}
