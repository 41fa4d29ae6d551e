import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { IconButton } from './icon-button.tsx';

export interface DialogProps {
  open: boolean;
  title: string;
  /** A sentence under the title. */
  note?: ReactNode;
  /** For what needs two columns. */
  wide?: boolean;
  onClose: () => void;
  /** What scrolls when the window is low. */
  children: ReactNode;
  /** Buttons at the bottom right, always in view. */
  footer: ReactNode;
}

/** A form or a choice over the page. Escape and the cross close it; focus returns to where it was. */
export function Dialog({ open, title, note, wide = false, onClose, children, footer }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[oklch(0.15_0.01_240/0.45)]" />
        <Base.Popup
          className={classNames(
            'fixed top-1/2 left-1/2 z-50 flex max-h-[92dvh] -translate-x-1/2 -translate-y-1/2 flex-col rounded-xl border border-line bg-surface shadow-high',
            wide ? 'w-[min(54rem,calc(100vw-1.5rem))]' : 'w-[min(33rem,calc(100vw-1.5rem))]',
          )}
        >
          <header className="px-5 pt-4 pr-14 pb-2">
            <Base.Title className="text-lg font-semibold wrap-anywhere">{title}</Base.Title>
            {note ? (
              <Base.Description className="text-sm wrap-anywhere text-muted">{note}</Base.Description>
            ) : null}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-4">{children}</div>
          <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
            {footer}
          </footer>
          {/* Last, so that focus begins in the content and not on a cross with a tooltip. */}
          <Base.Close
            render={<IconButton label="Close" icon={<X aria-hidden className="size-4" />} />}
            className="absolute top-3.5 right-3"
          />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
