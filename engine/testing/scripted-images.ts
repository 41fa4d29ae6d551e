import type { Forecast, Launch } from '../../contract/launch.ts';
import type { LensMode, LensReport } from '../../contract/syscall-lens.ts';
import { EngineError } from '../base/engine-error.ts';
import { anImage, aPlatform } from './sample-records.ts';

const native = aPlatform({ platform: 'linux/amd64', arch: 'amd64', execution: 'native' });
const notPulled = aPlatform({ platform: 'linux/s390x', arch: 's390x', execution: 'off', present: false });

/** An image with escape sequences in its name, on three platforms. */
export const scriptedImage = anImage({
  tags: ['demo:1', 'evil\u001b[2J:1'],
  platforms: [native, aPlatform(), notPulled],
});

/** What would come of `demo:1` for arm64: emulated, at a price, with a risk. */
export function scriptedForecast(image: string): Forecast {
  return {
    image,
    platforms: scriptedImage.platforms,
    readFrom: 'vm',
    chosen: aPlatform(),
    native,
    isaLevel: null,
    warnings: [{ severity: 'risk', text: 'sudo inside will fail', source: 'https://example.org/why' }],
    price: {
      at: Date.UTC(2026, 10, 22),
      loopFactor: 3.14,
      nativeLoopMs: 100,
      emulatedLoopMs: 314,
      nativeExecMs: 1,
      emulatedExecMs: 18.2,
      emulatorVersion: '10.0.13',
    },
  };
}

/** Answers what was asked for as the id, so that a test sees it. */
export function scriptedLaunch({ image, arch, name, command, env, ports, binds }: Launch): { id: string } {
  return { id: JSON.stringify({ image, arch, name, command, env, ports, binds }) };
}

/** One call after another, then the end; a container named `native` has no lens. */
export async function* scriptedLens(options: {
  container: string;
  mode: LensMode;
}): AsyncGenerator<LensReport, void, undefined> {
  const { container, mode } = options;
  if (container === 'native') {
    throw new EngineError({ code: 'wrong_state', message: 'Container "native" is not emulated.' });
  }
  const report: LensReport = {
    container,
    mode,
    state: 'running',
    exitCode: null,
    startedAt: 1,
    elapsedMs: 0,
    calls: [],
    tail: [],
    truncated: false,
    problem: null,
  };
  yield report;
  const call = {
    number: 425,
    name: 'io_uring_setup',
    count: 2,
    errors: { ENOSYS: 2 },
    unsupported: true,
    advice: 'Set UV_USE_IO_URING=0.',
  };
  yield { ...report, state: 'exited', exitCode: 7, elapsedMs: 1_500, calls: [call] };
}
