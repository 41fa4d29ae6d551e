import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';

/** Long enough to be seen, short enough that a second copy shows again. */
const shownMs = 1_600;

export interface CopyButtonProps {
  /** Made only when it is copied where that takes time. */
  text: string | (() => string);
  label: string;
  /** Shows the label beside the icon instead of as a tooltip. */
  wordy?: boolean;
  className?: string;
}

/** Puts `text` on the clipboard and says so. */
export function CopyButton({ text, label, wordy = false, className }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'refused'>('none');
  useEffect(() => {
    if (outcome === 'none') return;
    const timer = setTimeout(() => setOutcome('none'), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const words = { none: label, copied: 'Copied', refused: 'The browser refused; select and copy by hand' };
  const copy = (): void => {
    navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  };
  const icon =
    outcome === 'copied' ? (
      <Check aria-hidden className="size-3.5 text-good" />
    ) : (
      <Copy aria-hidden className="size-3.5" />
    );
  return (
    <>
      {wordy ? (
        <Button size="sm" className={className} icon={icon} onClick={copy}>
          {words[outcome]}
        </Button>
      ) : (
        <IconButton className={className} label={words[outcome]} icon={icon} onClick={copy} />
      )}
      <span aria-live="polite" className="sr-only">
        {outcome === 'none' ? '' : words[outcome]}
      </span>
    </>
  );
}
