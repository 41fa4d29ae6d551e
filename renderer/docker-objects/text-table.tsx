import { Untrusted } from '../ui/untrusted.tsx';

/** Labels or options: names and values as somebody wrote them. */
export function TextTable({ label, texts }: { label: string; texts: Readonly<Record<string, string>> }) {
  const entries = Object.entries(texts).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <div>
      <p className="text-xs text-faint">{label}</p>
      <dl aria-label={label} className="mt-0.5 flex flex-col gap-0.5 font-mono text-xs">
        {entries.map(([name, value]) => (
          <div key={name} className="flex min-w-0 gap-2">
            <dt className="max-w-[50%] min-w-0 truncate text-muted">
              <Untrusted text={name} />
            </dt>
            <dd className="min-w-0 flex-1 wrap-anywhere">
              <Untrusted text={value} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
