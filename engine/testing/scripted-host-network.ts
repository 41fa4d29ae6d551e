import type { HostNetworkApi } from '../host-network-api.ts';

/** Nothing around the computer of a scripted engine. */
export const scriptedHostNetwork: HostNetworkApi = {
  look: async () => ({ proxy: null, certificates: [], trusted: [] }),
  readCertificates: async () => [],
};
