/** The host, as QEMU's user network shows it to the guest (QEMU documentation, "Using the user mode network stack"). */
export const hostInGuest = '10.0.2.2';

/** What containers may call the host: Docker's two names, and Podman's. */
export const hostNames: readonly string[] = [
  'host.docker.internal',
  'gateway.docker.internal',
  'host.containers.internal',
];
