import { Toaster, toast } from 'sonner';
import { plainText } from './text/plain-text.ts';

/** The corner where passing news appears; put once at the root. */
export function Toasts({ dark }: { dark: boolean }) {
  return (
    <Toaster
      theme={dark ? 'dark' : 'light'}
      position="bottom-right"
      offset={{ bottom: 40, right: 16 }}
      mobileOffset={{ bottom: 40 }}
      closeButton
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'relative flex w-[min(24rem,calc(100vw-2rem))] gap-2.5 rounded-lg border border-line bg-surface p-3 pr-9 font-sans text-base text-ink shadow-high',
          title: 'font-medium break-words',
          description: 'mt-0.5 break-words text-muted',
          icon: 'mt-0.5 text-bad [&>svg]:size-4',
          actionButton:
            '-my-1 ml-auto h-7 shrink-0 self-center rounded-md border border-line-strong bg-surface px-2.5 text-sm font-medium hover:bg-hover',
          closeButton: 'absolute top-2.5 right-2.5 rounded text-faint hover:text-ink',
        },
      }}
    />
  );
}

/** A failure stays until it is dismissed: a person who looked away has not read it. */
export function toastProblem(message: string, hint: string): void {
  toast.error(plainText(message), {
    description: plainText(hint),
    duration: Number.POSITIVE_INFINITY,
  });
}

/** Long enough to read the sentence, to notice the mistake and to reach for the button. */
const undoMs = 8_000;

/** Something was done that can be taken back for a while. */
export function toastDone(message: string, options: { undo: () => void }): void {
  toast(plainText(message), { duration: undoMs, action: { label: 'Undo', onClick: options.undo } });
}
