import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { EngineError } from '../base/engine-error.ts';

/** The plugins start slowly from a cold disk. */
const proofTimeoutMs = 60_000;

/** The part of `docker buildx bake --print` that is looked at. */
const BakePlan = z.object({ target: z.object({ proof: z.object({ tags: z.array(z.string()) }) }) });

/** The part of `docker compose config` that is looked at: bytes, as text. */
const ComposeModel = z.object({ services: z.object({ proof: z.object({ mem_limit: z.string() }) }) });

/**
 * Has the CLI run its plugins on figures they cannot know beforehand: buildx adds two, Compose turns KiB into bytes. A
 * version string would only prove that a file can be started; this needs no Docker. `folder` holds the CLI, and its
 * plugins as a configuration folder does. Throws `tool_missing`.
 */
export async function proveDockerCli(folder: string, signal: AbortSignal): Promise<void> {
  const [one, other] = [randomInt(1, 1_000), randomInt(1, 1_000)];
  const bake = `variable "one" { default = ${one} }\ntarget "proof" { tags = ["sum:\${one + ${other}}"] }\n`;
  const plan = await asked(['buildx', 'bake', '--print', '-f', '-', 'proof'], bake, BakePlan);
  expectSame(plan.target.proof.tags[0], `sum:${one + other}`);
  const compose = `name: proof\nservices: { proof: { image: proof, mem_limit: ${one * other}k } }\n`;
  const model = await asked(['compose', '-f', '-', 'config', '--format', 'json'], compose, ComposeModel);
  expectSame(model.services.proof.mem_limit, String(one * other * 1_024));

  async function asked<T>(args: readonly string[], input: string, shape: z.ZodType<T>): Promise<T> {
    const result = await execa(join(folder, 'docker'), args, {
      input,
      // So that these plugins are found, and no others.
      env: { DOCKER_CONFIG: folder },
      cancelSignal: signal,
      timeout: proofTimeoutMs,
      reject: false,
    });
    signal.throwIfAborted();
    const answer = result.failed ? undefined : shape.safeParse(jsonOf(result.stdout)).data;
    if (answer === undefined) throw doesNotWork(`${result.stdout}\n${result.stderr}`);
    return answer;
  }
}

function expectSame(found: string | undefined, expected: string): void {
  if (found !== expected) throw doesNotWork(`computed ${found} instead of ${expected}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function doesNotWork(output: string): EngineError {
  return new EngineError({
    code: 'tool_missing',
    message: "Debian's Docker CLI was unpacked but does not work on this computer.",
    hint: "Install your distribution's Docker CLI instead.",
    details: { output: output.slice(-2_000) },
  });
}
