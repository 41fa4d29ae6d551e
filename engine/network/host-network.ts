import type { Certificate, HostNetwork as HostNetworkRecord } from '../../contract/host-network.ts';
import type { Settings } from '../../contract/records.ts';
import type { HostNetworkApi } from '../host-network-api.ts';
import { describeCertificates, readCertificates } from './certificates.ts';
import { hostCertificates } from './host-certificates.ts';
import { findHostProxy, type HostProxySource } from './host-proxy.ts';

/** What there is around this computer for the VM to take over. */
export class HostNetwork implements HostNetworkApi {
  readonly #options: { settings: () => Settings; proxySource: HostProxySource };

  constructor(options: { settings: () => Settings; proxySource: HostProxySource }) {
    this.#options = options;
  }

  async look(): Promise<HostNetworkRecord> {
    const { settings, proxySource } = this.#options;
    // A tool of the system which fails is nothing found: the page asks whenever it is looked at.
    const [proxy, certificates] = await Promise.all([
      findHostProxy(proxySource).catch(() => null),
      hostCertificates().catch(() => []),
    ]);
    return { proxy, certificates, trusted: describeCertificates(settings().caCertificates) };
  }

  async readCertificates(text: string): Promise<Certificate[]> {
    return readCertificates(text);
  }
}
