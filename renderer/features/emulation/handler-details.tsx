import type { Handler } from '../../../contract/records.ts';
import { type Fact, Facts } from '../../ui/facts.tsx';
import { formatAge, formatDuration } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useNow } from '../../ui/use-now.ts';
import { describeFlags } from './handler-words.ts';
import { PriceLine } from './price-line.tsx';
import { SelfTestLadder } from './self-test-ladder.tsx';

const ageTickMs = 10_000;

/** What a row unfolds to: the ladder, the price, and the facts. `unavailable`: why nothing can be asked now. */
export function HandlerDetails({
  handler,
  unavailable,
}: {
  handler: Handler;
  unavailable: string | undefined;
}) {
  const { arch, state, lastTest } = handler;
  const off = state === 'on' ? undefined : `${arch} has to be on to be measured`;
  return (
    <div className="flex flex-col gap-3.5 rounded-md border border-line bg-sunken px-3.5 py-3">
      {lastTest ? (
        <SelfTestLadder arch={arch} test={lastTest} />
      ) : (
        <p className="text-sm text-muted">No self-test yet: one runs as soon as {arch} is switched on.</p>
      )}
      <PriceLine handler={handler} unavailable={unavailable ?? off} />
      <HandlerFacts handler={handler} />
    </div>
  );
}

function HandlerFacts({ handler }: { handler: Handler }) {
  const { emulatorVersion, flags, switchedOnMs, lastTest, lastProvedAt } = handler;
  const now = useNow(ageTickMs);
  const facts: Fact[] = [];
  if (lastTest?.isaLevel) facts.push({ name: 'Instruction set', value: plainText(lastTest.isaLevel) });
  if (emulatorVersion) facts.push({ name: 'Emulator, as Debian has it', value: plainText(emulatorVersion) });
  if (flags) facts.push({ name: 'Flags', value: <Flags flags={flags} /> });
  if (switchedOnMs !== null) facts.push({ name: 'Click to proof', value: formatDuration(switchedOnMs) });
  if (lastProvedAt !== null) {
    facts.push({ name: 'Last proved', value: formatAge(now - lastProvedAt) });
  }
  if (lastTest && lastTest.missingSyscalls.length > 0) {
    facts.push({
      name: 'System calls it does not have',
      wide: true,
      value: (
        <span className="font-mono text-sm wrap-anywhere">
          {lastTest.missingSyscalls.map(plainText).join(', ')}
        </span>
      ),
    });
  }
  return facts.length > 0 ? <Facts facts={facts} className="text-sm" /> : null;
}

function Flags({ flags }: { flags: string }) {
  return (
    <Tooltip text={describeFlags(flags)}>
      <button
        type="button"
        aria-label={`Flags ${plainText(flags)}`}
        className="rounded bg-hover px-1 font-mono text-xs"
      >
        {plainText(flags)}
      </button>
    </Tooltip>
  );
}
