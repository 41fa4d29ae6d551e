import type { Network } from '../../../contract/networks.ts';
import { ObjectRow } from '../../docker-objects/object-row.tsx';
import { TextTable } from '../../docker-objects/text-table.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Pill } from '../../ui/pill.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { NetworkMembers } from './network-members.tsx';

export interface NetworkRowProps {
  network: Network;
  open: boolean;
  onToggle: () => void;
}

/** One network: its name, its addresses, the containers in it. */
export function NetworkRow({ network, open, onToggle }: NetworkRowProps) {
  const { id, name, builtIn, internal, composeProject, users, subnets } = network;
  const used = users.length === 1 ? 'A container belongs to it' : `${users.length} containers belong to it`;
  const after =
    composeProject === null
      ? 'No container uses it.'
      : `Compose makes it again when the project ${plainText(composeProject)} is started.`;
  return (
    <ObjectRow
      kind="network"
      id={id}
      object={network}
      open={open}
      onToggle={onToggle}
      heading={
        <>
          <Untrusted text={name} className="truncate" />
          {builtIn ? <Pill>Docker’s own</Pill> : null}
          {internal ? <Pill tone="accent">internal</Pill> : null}
        </>
      }
      measure={subnets[0] ? <Untrusted text={subnets[0].subnet} /> : 'no subnet'}
      details={<NetworkDetails network={network} />}
      removal={{
        refused: builtIn ? 'It is Docker’s own' : undefined,
        confirmLabel: 'Remove',
        inTheWay: `${used}, and could not start without it.`,
        lost: `Its name and its addresses are gone; no data is in a network. ${after}`,
      }}
    />
  );
}

function NetworkDetails({ network }: { network: Network }) {
  const { id, internal, subnets, labels } = network;
  return (
    <div className="flex flex-col gap-3 pb-1">
      <Facts
        facts={[
          ...subnets.map(({ subnet, gateway }) => ({
            name: gateway === null ? 'Subnet' : 'Subnet and gateway',
            value: <Untrusted text={gateway === null ? subnet : `${subnet}, ${gateway}`} />,
          })),
          { name: 'Way out of the VM', value: internal ? 'none, internal' : 'yes' },
          { name: 'Id', value: <Untrusted text={id} className="font-mono text-xs" />, wide: true },
        ]}
      />
      <NetworkMembers network={network} />
      <TextTable label="Labels" texts={labels} />
    </div>
  );
}
