import type { ReactNode } from 'react';

/** What a screen shows while it has nothing: why, and how to get something. */
export function EmptyState({
  icon,
  title,
  children,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-12 text-center">
      <div aria-hidden className="rounded-xl bg-hover p-3 text-faint [&>svg]:size-6">
        {icon}
      </div>
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="flex w-full max-w-2xl flex-col items-stretch gap-3 text-muted">{children}</div>
    </div>
  );
}
