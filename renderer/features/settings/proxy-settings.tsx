import { type FormEvent, useState } from 'react';
import {
  type HostProxy,
  ProxyAddress,
  type ProxyChoice,
  ProxyExceptions,
} from '../../../contract/host-network.ts';
import type { Settings } from '../../../contract/records.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { TextField } from '../../ui/text-field.tsx';
import { saveSettings, savingKey } from './save-settings.ts';

export interface ProxySettingsProps {
  settings: Settings;
  /** What this computer is set to use; null: none. */
  host: HostProxy | null;
}

/** What is typed, as typed. */
interface ProxyDraft {
  readonly http: string;
  readonly https: string;
  readonly noProxy: string;
}

/** Two of the three apply when chosen; typed addresses when they are saved. */
export function ProxySettings({ settings, host }: ProxySettingsProps) {
  const [draft, setDraft] = useState<ProxyDraft | null>(null);
  const { proxy } = settings;
  const choose = (from: ProxyChoice['from']): void => {
    setDraft(from === 'typed' ? draftOf(proxy) : null);
    if (from !== 'typed') void saveSettings({ proxy: { from } }, settings);
  };
  const shown = draft ?? (proxy.from === 'typed' ? draftOf(proxy) : null);
  return (
    <div className="py-3">
      <Choice
        label="Proxy"
        value={draft ? 'typed' : proxy.from}
        onChange={choose}
        options={[
          { value: 'host', label: 'As this computer', note: hostNote(host) },
          { value: 'none', label: 'None', note: 'Docker and Foredeck’s own downloads connect directly.' },
          {
            value: 'typed',
            label: 'These addresses',
            note: 'For Docker’s pulls, shells in the VM and Foredeck’s own downloads.',
          },
        ]}
      />
      {shown ? (
        <TypedProxy
          key={JSON.stringify(proxy)}
          initial={shown}
          saved={proxy}
          onSave={async (typed) => {
            if (await saveSettings({ proxy: typed }, settings)) setDraft(null);
          }}
        />
      ) : null}
    </div>
  );
}

interface TypedProxyProps {
  initial: ProxyDraft;
  saved: ProxyChoice;
  onSave: (typed: ProxyChoice) => Promise<void>;
}

function TypedProxy({ initial, saved, onSave }: TypedProxyProps) {
  const [draft, setDraft] = useState(initial);
  const saving = usePending(savingKey);
  const unavailable = useUnavailable();
  const read = readProxy(draft);
  const unchanged = JSON.stringify(read.typed) === JSON.stringify(saved);
  const obstacle =
    unavailable ??
    (read.typed ? (unchanged ? 'Nothing has been changed' : undefined) : 'Something above cannot be used');
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (read.typed && obstacle === undefined) void onSave(read.typed);
  };
  const field = (name: keyof ProxyDraft) => ({
    value: draft[name],
    problem: read.problems[name],
    onChange: (value: string) => setDraft({ ...draft, [name]: value }),
  });
  return (
    <form noValidate onSubmit={save} className="mt-3 flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField label="Proxy for http" placeholder="http://proxy.example.org:3128" {...field('http')} />
        <TextField label="Proxy for https" placeholder="http://proxy.example.org:3128" {...field('https')} />
      </div>
      <TextField
        label="Without a proxy"
        description="Names, .domains and addresses, separated by commas."
        {...field('noProxy')}
      />
      <div className="flex justify-end">
        <Button type="submit" busy={saving} unavailable={obstacle}>
          Use this proxy
        </Button>
      </div>
    </form>
  );
}

function draftOf(proxy: ProxyChoice): ProxyDraft {
  if (proxy.from !== 'typed') return { http: '', https: '', noProxy: '' };
  return { http: proxy.http ?? '', https: proxy.https ?? '', noProxy: proxy.noProxy };
}

/** `typed` is null while something cannot be used. */
function readProxy(draft: ProxyDraft): {
  typed: ProxyChoice | null;
  problems: Partial<Record<keyof ProxyDraft, string>>;
} {
  const http = readAddress(draft.http);
  const https = readAddress(draft.https);
  const noProxy = ProxyExceptions.safeParse(draft.noProxy.trim()).data;
  const problems: Partial<Record<keyof ProxyDraft, string>> = {};
  if (http === undefined) problems.http = addressProblem;
  if (https === undefined) problems.https = addressProblem;
  if (noProxy === undefined) problems.noProxy = 'Names and addresses, separated by commas.';
  if (http === undefined || https === undefined || noProxy === undefined) return { typed: null, problems };
  if (http === null && https === null) return { typed: null, problems };
  return { typed: { from: 'typed', http, https, noProxy }, problems };
}

/** Null when it is empty, undefined when it cannot be used. */
function readAddress(text: string): string | null | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? null : ProxyAddress.safeParse(trimmed).data;
}

const addressProblem = 'An http or https address, such as http://proxy.example.org:3128, or empty.';

function hostNote(host: HostProxy | null): string {
  if (!host) return 'It has none now.';
  const where =
    host.from === 'macos' ? 'in its network settings' : 'in the environment Foredeck was started with';
  return `Now ${plainText(withoutPassword(host.https ?? host.http ?? ''))}, ${where}.`;
}

/** People show their screens. */
function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}
