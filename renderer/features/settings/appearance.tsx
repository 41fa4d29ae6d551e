import { Footprints } from 'lucide-react';
import { showFirstSteps } from '../../state/first-steps.ts';
import { chooseTheme, type ThemeChoice, useTheme } from '../../state/theme.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Segmented } from '../../ui/segmented.tsx';

const themeOptions: readonly { value: ThemeChoice; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** Kept by this window or browser, unlike everything else here. */
export function Appearance() {
  const choice = useTheme((theme) => theme.choice);
  return (
    <Card title="Appearance">
      <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-2 py-1">
        <p>Theme</p>
        <Segmented label="Theme" value={choice} options={themeOptions} onChange={chooseTheme} />
      </div>
      <div className="mt-2 flex flex-wrap items-center justify-between gap-x-8 gap-y-2 border-t border-line pt-3">
        <p>First steps, on the overview</p>
        <Button
          size="sm"
          icon={<Footprints aria-hidden className="size-3.5" />}
          onClick={() => {
            showFirstSteps();
            location.hash = '/overview';
          }}
        >
          Show them again
        </Button>
      </div>
    </Card>
  );
}
