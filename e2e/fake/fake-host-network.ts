import type { Certificate, HostNetwork } from '../../contract/host-network.ts';
import type { HostNetworkApi } from '../../engine/host-network-api.ts';
import { describeCertificates, readCertificates } from '../../engine/network/certificates.ts';
import type { Store } from '../../engine/state/store.ts';
import type { FakeScript } from './fake-script.ts';

/** A computer with what the spec says around it; certificates are read by the real thing. */
export class FakeHostNetwork implements HostNetworkApi {
  found: Pick<HostNetwork, 'proxy' | 'certificates'> = { proxy: null, certificates: [] };
  readonly #store: Store;
  readonly #script: FakeScript;

  constructor(store: Store, script: FakeScript) {
    this.#store = store;
    this.#script = script;
  }

  async look(): Promise<HostNetwork> {
    await this.#script.play('lookAtHostNetwork');
    return { ...this.found, trusted: describeCertificates(this.#store.state.settings.caCertificates) };
  }

  async readCertificates(text: string): Promise<Certificate[]> {
    return readCertificates(text);
  }
}
