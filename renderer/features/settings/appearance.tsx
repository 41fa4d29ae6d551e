import { Footprints } from 'lucide-react';
import { isLocalWindow } from '../../bridge/window-bridge.ts';
import { showFirstSteps } from '../../state/first-steps.ts';
import { chooseTheme, type ThemeChoice, useTheme } from '../../state/theme.ts';
import { chooseZoom, useZoom, zooms } from '../../state/zoom.ts';
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
  const zoom = useZoom((state) => state.zoom);
  return (
    <Card title="Appearance">
      <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-2 py-1">
        <p>Theme</p>
        <Segmented label="Theme" value={choice} options={themeOptions} onChange={chooseTheme} />
      </div>
      <div className="mt-2 flex flex-wrap items-center justify-between gap-x-8 gap-y-2 border-t border-line py-2 pt-3">
        <p>
          Zoom
          {isLocalWindow() ? null : (
            <span className="block text-sm text-muted">With your browser’s own keys.</span>
          )}
        </p>
        {isLocalWindow() ? (
          <Segmented
            label="Zoom"
            value={String(zoom)}
            options={zooms.map((percent) => ({ value: String(percent), label: `${percent} %` }))}
            onChange={(value) => chooseZoom(zooms.find((percent) => String(percent) === value) ?? 100)}
          />
        ) : null}
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
