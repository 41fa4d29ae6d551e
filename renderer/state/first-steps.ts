import { create } from 'zustand';

const item = 'foredeck.first-steps';

/** `offered`: to whom they may be of use; `shown` and `hidden` are what the person said. */
export type FirstStepsChoice = 'offered' | 'shown' | 'hidden';

/** Kept by this browser or window. */
export const useFirstSteps = create<{ choice: FirstStepsChoice }>(() => ({ choice: kept() }));

export function hideFirstSteps(): void {
  choose('hidden');
}

export function showFirstSteps(): void {
  choose('shown');
}

function choose(choice: FirstStepsChoice): void {
  localStorage.setItem(item, choice);
  useFirstSteps.setState({ choice });
}

function kept(): FirstStepsChoice {
  const choice = localStorage.getItem(item);
  return choice === 'shown' || choice === 'hidden' ? choice : 'offered';
}
