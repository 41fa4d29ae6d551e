import { useEffect, useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { HostNetwork } from '../../../contract/host-network.ts';
import type { Settings } from '../../../contract/records.ts';
import { attempt } from '../../state/attempt.ts';
import { useUnavailable } from '../../state/hooks.ts';

const lookKey = 'host-network:look';

export interface HostNetworkLook {
  /** Null until it is known. */
  readonly network: HostNetwork | null;
  readonly error: WireError | null;
}

/** What there is around this computer for the VM to take over; looked at anew when the certificates have changed. */
export function useHostNetwork({ caCertificates }: Pick<Settings, 'caCertificates'>): HostNetworkLook {
  const [look, setLook] = useState<HostNetworkLook>({ network: null, error: null });
  const reachable = useUnavailable() === undefined;
  const trusted = caCertificates.join('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `trusted` is what the answer depends on
  useEffect(() => {
    if (!reachable) return;
    const read = async (): Promise<void> => {
      const outcome = await attempt(lookKey, (client) => client.hostNetwork.look());
      if (outcome?.ok) setLook({ network: outcome.value, error: null });
      else if (outcome) setLook(({ network }) => ({ network, error: outcome.error }));
    };
    void read();
  }, [reachable, trusted]);
  return look;
}
