import { useEffect, useState } from 'react';

/** Which rows of a list are unfolded; kept while a row is out of view and not drawn. `item`: one a link leads to. */
export function useOpenRows(item: string | null): {
  isOpen: (key: string) => boolean;
  toggle: (key: string) => void;
} {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (item !== null) setOpen((before) => new Set([...before, item]));
  }, [item]);
  return {
    isOpen: (key) => open.has(key),
    toggle: (key) => {
      const next = new Set(open);
      if (!next.delete(key)) next.add(key);
      setOpen(next);
    },
  };
}
