import { useEngineState } from '../../state/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { Facts } from '../../ui/facts.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';

/** What the engine runs on, and where it writes. */
export function About() {
  const host = useEngineState((state) => state.host);
  if (!host) return null;
  return (
    <Card title="This computer">
      <Facts
        facts={[
          { name: 'Foredeck', value: plainText(host.engineVersion) },
          { name: 'System', value: `${plainText(host.platform)}, ${host.arch}` },
          { name: 'Processors', value: host.cores },
          { name: 'Memory', value: formatBytes(host.memoryBytes) },
          { name: 'Engine process', value: String(host.enginePid) },
          {
            name: 'Everything it writes is in',
            value: <code className="font-mono text-sm break-all">{plainText(host.home)}</code>,
            wide: true,
          },
        ]}
      />
    </Card>
  );
}
