import { TerminalSquare } from 'lucide-react';
import { Button } from '../ui/button.tsx';

/** Folds the emulators' part of all command lines away, and out again. */
export function RawButton({ raw, onChange }: { raw: boolean; onChange: (raw: boolean) => void }) {
  return (
    <Button
      size="sm"
      kind="quiet"
      aria-pressed={raw}
      icon={<TerminalSquare aria-hidden className="size-3.5" />}
      onClick={() => onChange(!raw)}
    >
      {raw ? 'Hide the emulator' : 'Show the emulator'}
    </Button>
  );
}
