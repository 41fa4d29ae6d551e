import type { CipherAlgorithm } from 'ssh2';

/**
 * Best first. Every guest's processor has AES instructions, an emulated one too (`emulatedCpuModels`), and QEMU carries
 * those out on the host's: 174 MB/s of aes128-gcm against 50 MB/s of chacha20-poly1305 in an emulated amd64 guest, 72
 * against 47 in an arm64 one (docs/decisions/0009). The second is for a `cpuModel` of the user's own without them.
 */
export const bulkCiphers = [
  'aes128-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
] as const satisfies readonly CipherAlgorithm[];
