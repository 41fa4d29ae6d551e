import { useEffect } from 'react';
import { useEngine } from '../state/engine-store.ts';
import { forgetProblem } from '../state/perform.ts';
import { useTheme } from '../state/theme.ts';
import { Toasts, toastProblem } from '../ui/toasts.tsx';

/** Shows each problem which no record carries, once. */
export function ProblemToasts() {
  const problems = useEngine((view) => view.problems);
  const dark = useTheme((theme) => theme.dark);
  useEffect(() => {
    for (const { id, error } of problems) {
      toastProblem(error.message, error.hint);
      forgetProblem(id);
    }
  }, [problems]);
  return <Toasts dark={dark} />;
}
