import { useState } from 'react';

/** Keys of folded rows, and how to fold and unfold one. */
export function useFolded(): [ReadonlySet<string>, (key: string, closed: boolean) => void] {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  return [
    folded,
    (key, closed) =>
      setFolded((before) => {
        const next = new Set(before);
        if (closed) next.add(key);
        else next.delete(key);
        return next;
      }),
  ];
}
