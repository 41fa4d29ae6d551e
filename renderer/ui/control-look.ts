/** What text inputs and selects share. */
export const controlLook =
  'h-8 w-full rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink placeholder:text-faint ' +
  'aria-invalid:border-bad disabled:opacity-50';
