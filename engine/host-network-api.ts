import type { Certificate, HostNetwork } from '../contract/host-network.ts';

/** The part of `EngineApi` about the network around this computer. */
export interface HostNetworkApi {
  look(): Promise<HostNetwork>;
  readCertificates(text: string): Promise<Certificate[]>;
}
