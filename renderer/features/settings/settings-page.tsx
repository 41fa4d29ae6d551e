import { useEffect } from 'react';
import { isLocalWindow } from '../../bridge/window-bridge.ts';
import { useEngineState } from '../../state/hooks.ts';
import { classNames } from '../../ui/class-names.ts';
import { Page } from '../../ui/page.tsx';
import { About } from './about.tsx';
import { Appearance } from './appearance.tsx';
import { DesktopSettings, UpdateSettings } from './desktop-settings.tsx';
import { EmulatorSummary } from './emulator-summary.tsx';
import { NetworkSettings } from './network-settings.tsx';
import { PortSettings } from './port-settings.tsx';
import { RememberedFixes } from './remembered-fixes.tsx';
import { Sharing } from './sharing.tsx';
import { VmSettings } from './vm-settings.tsx';

/** What follows `#/settings/` in the address, in the order of the page. */
const sections = [
  { id: 'resources', title: 'Resources' },
  { id: 'network', title: 'Network' },
  { id: 'ports', title: 'Published ports' },
  { id: 'sharing', title: 'Sharing' },
  { id: 'emulators', title: 'Emulators' },
  { id: 'desktop', title: 'Desktop' },
  { id: 'updates', title: 'Updates' },
  { id: 'appearance', title: 'Appearance' },
  { id: 'about', title: 'This computer' },
] as const;

/** `section`: the one to show first. */
export function SettingsPage({ section }: { section: string | null }) {
  const settings = useEngineState((state) => state.settings);
  const known = settings !== undefined;
  useEffect(() => {
    if (known && section !== null) document.getElementById(anchorOf(section))?.scrollIntoView();
  }, [known, section]);
  if (!settings) return null;
  return (
    <Page title="Settings">
      <div className="grid items-start gap-4 min-[62rem]:grid-cols-[9rem_minmax(0,1fr)]">
        <nav aria-label="Sections of the settings" className="min-[62rem]:sticky min-[62rem]:top-4">
          <ul className="flex flex-wrap gap-0.5 min-[62rem]:flex-col">
            {sections.map(({ id, title }) => (
              <li key={id}>
                <a
                  href={`#/settings/${id}`}
                  aria-current={id === section ? 'location' : undefined}
                  className={classNames(
                    'flex h-8 items-center rounded-md px-2.5 text-muted hover:bg-hover hover:text-ink',
                    'aria-[current=location]:bg-accent-soft aria-[current=location]:text-ink',
                  )}
                >
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="flex min-w-0 flex-col gap-4 [&>*]:scroll-mt-4">
          <VmSettings settings={settings} resourcesId={anchorOf('resources')} />
          <div id={anchorOf('network')} className="flex flex-col gap-4">
            <NetworkSettings settings={settings} />
          </div>
          <div id={anchorOf('ports')}>
            <PortSettings settings={settings} />
          </div>
          <div id={anchorOf('sharing')}>
            <Sharing />
          </div>
          <div id={anchorOf('emulators')} className="flex flex-col gap-4">
            <EmulatorSummary />
            <RememberedFixes />
          </div>
          <div id={anchorOf('desktop')}>
            <DesktopSettings settings={settings} isDesktop={isLocalWindow()} />
          </div>
          <div id={anchorOf('updates')}>
            <UpdateSettings settings={settings} isDesktop={isLocalWindow()} />
          </div>
          <div id={anchorOf('appearance')}>
            <Appearance />
          </div>
          <div id={anchorOf('about')}>
            <About />
          </div>
        </div>
      </div>
    </Page>
  );
}

function anchorOf(section: string): string {
  return `settings-${section}`;
}
