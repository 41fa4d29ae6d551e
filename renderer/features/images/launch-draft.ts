import type { Arch } from '../../../contract/arch.ts';
import { Launch } from '../../../contract/launch.ts';
import { argvWords } from './argv-words.ts';

/** The form as typed. */
export interface LaunchDraft {
  image: string;
  /** Null: chosen by the engine. */
  arch: Arch | null;
  name: string;
  command: string;
  /** `NAME=value`, one a line. */
  env: string;
  /** `8080:80` or `80`, by blanks or commas. */
  ports: string;
  /** `/on/the/host:/in/the/container[:ro]`, one a line. */
  binds: string;
}

export interface ReadLaunch {
  /** Null while something cannot be used. */
  launch: Launch | null;
  /** Why, by field; an image not yet named is no problem, only nothing to start. */
  problems: Partial<Record<keyof LaunchDraft, string>>;
}

/** The draft as what the engine takes; `~` in front of a folder means `userHome`. */
export function readLaunch(draft: LaunchDraft, userHome: string): ReadLaunch {
  const image = draft.image.trim();
  const name = draft.name.trim() === '' ? null : draft.name.trim();
  const command = argvWords(draft.command);
  const env = readEnv(draft.env);
  const ports = readPorts(draft.ports);
  const binds = readBinds(draft.binds, userHome);
  const problems: ReadLaunch['problems'] = {};
  if (/\s/.test(image)) problems.image = 'A reference has no blanks in it.';
  if (!Launch.shape.name.safeParse(name).success) {
    problems.name = 'Letters, digits, “_”, “.” and “-”, beginning with a letter or a digit.';
  }
  if (command.problem !== null) problems.command = command.problem;
  if (env.problem !== null) problems.env = env.problem;
  if (ports.problem !== null) problems.ports = ports.problem;
  if (binds.problem !== null) problems.binds = binds.problem;
  if (image === '' || Object.keys(problems).length > 0) return { launch: null, problems };
  return {
    launch: {
      image,
      arch: draft.arch,
      name,
      command: command.words,
      env: env.value,
      ports: ports.value,
      binds: binds.value,
    },
    problems,
  };
}

function readEnv(text: string): { value: Launch['env']; problem: string | null } {
  const value: Launch['env'] = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, content] = /^\s*([A-Za-z_][A-Za-z0-9_]{0,127})=(.*)$/.exec(line) ?? [];
    if (name === undefined || content === undefined) {
      return { value, problem: `Line ${index + 1} is not NAME=value.` };
    }
    value[name] = content;
  }
  return { value, problem: null };
}

function readPorts(text: string): { value: Launch['ports']; problem: string | null } {
  const value: Launch['ports'] = [];
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const [, host, container] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(part) ?? [];
    const hostPort = Number(host);
    const containerPort = Number(container ?? host);
    if (!isPort(hostPort) || !isPort(containerPort)) {
      return {
        value,
        problem: `“${part.slice(0, 30)}” is no port: 8080:80, or 80 for the same on both sides.`,
      };
    }
    if (value.some((port) => port.hostPort === hostPort)) {
      return { value, problem: `Port ${hostPort} of this computer is named twice.` };
    }
    value.push({ hostPort, containerPort });
  }
  return { value, problem: null };
}

/** As `docker run -v` has it, so no path has a colon in it. */
export function readBinds(
  text: string,
  userHome: string,
): { value: Launch['binds']; problem: string | null } {
  const value: Launch['binds'] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, written, containerPath, mode] =
      /^(~(?:\/[^:]*)?|\/[^:]*):(\/[^:]*?)(?::(ro|rw))?$/.exec(line.trim()) ?? [];
    if (written === undefined || containerPath === undefined) {
      return { value, problem: `Line ${index + 1} is not /on/this/computer:/in/the/container.` };
    }
    if (value.some((bind) => bind.containerPath === containerPath)) {
      return { value, problem: `Line ${index + 1} names a place in the container a second time.` };
    }
    value.push({ hostPath: written.replace(/^~/, userHome), containerPath, readOnly: mode === 'ro' });
  }
  return { value, problem: null };
}

const isPort = (port: number): boolean => port >= 1 && port <= 65_535;
