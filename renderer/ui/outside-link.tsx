import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';

/** A link to a web page, opened outside of this window; anything but https is shown as the text it is. */
export function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  if (!isHttps(href)) return <span className="wrap-anywhere">{children}</span>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      className="inline-flex max-w-full items-center gap-1 rounded text-accent hover:underline"
    >
      <span className="truncate">{children}</span>
      <ExternalLink aria-hidden className="size-3 shrink-0" />
      <span className="sr-only">(opens outside)</span>
    </a>
  );
}

function isHttps(href: string): boolean {
  return URL.canParse(href) && new URL(href).protocol === 'https:';
}
