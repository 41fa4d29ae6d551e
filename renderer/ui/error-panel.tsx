import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { CopyButton } from './copy-button.tsx';
import { plainLines, plainText } from './text/plain-text.ts';

export interface ErrorPanelProps {
  /** What failed, which one and why. */
  message: string;
  /** The next step; empty when there is none. */
  hint?: string;
  /** Evidence, by name; shown on request, as text only. */
  details?: Readonly<Record<string, string>>;
  tone?: 'bad' | 'warn';
  /** Evidence unfolded from the start. */
  open?: boolean;
  actions?: ReactNode;
}

/** A failure a person can act on: cause, next step, evidence. */
export function ErrorPanel(props: ErrorPanelProps) {
  const { message, hint = '', details = {}, tone = 'bad', open = false, actions } = props;
  const evidence = Object.entries(details).filter(([, text]) => text !== '');
  const Icon = tone === 'bad' ? CircleAlert : TriangleAlert;
  return (
    <section
      aria-label="Problem"
      className={classNames(
        'rounded-md border px-3 py-2.5',
        tone === 'bad' ? 'border-bad/30 bg-bad-soft' : 'border-warn/30 bg-warn-soft',
      )}
    >
      <div className="flex gap-2.5">
        <Icon
          aria-hidden
          className={classNames('mt-0.5 size-4 shrink-0', tone === 'bad' ? 'text-bad' : 'text-warn')}
        />
        <div className="min-w-0 flex-1">
          <p className="font-medium break-words">{plainText(message)}</p>
          {hint ? <p className="mt-0.5 break-words text-muted">{plainText(hint)}</p> : null}
          {evidence.length > 0 ? (
            <details open={open} className="group mt-2">
              <summary className="w-fit rounded text-sm text-muted hover:text-ink">Details</summary>
              <dl className="mt-1.5 flex flex-col gap-2">
                {evidence.map(([name, text]) => (
                  <Evidence key={name} name={plainText(name)} text={plainLines(text)} />
                ))}
              </dl>
            </details>
          ) : null}
          {actions ? <div className="mt-2.5 flex flex-wrap gap-2">{actions}</div> : null}
        </div>
      </div>
    </section>
  );
}

function Evidence({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt className="flex items-center justify-between text-xs text-faint">
        {name}
        <CopyButton text={text} label={`Copy ${name}`} />
      </dt>
      <dd>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
        <pre tabIndex={0} className="max-h-56 overflow-auto rounded bg-sunken p-2 font-mono text-xs">
          {text}
        </pre>
      </dd>
    </div>
  );
}
