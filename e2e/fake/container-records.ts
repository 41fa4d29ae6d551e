import type { PortProblem, PublishedPort } from '../../contract/published-ports.ts';
import type { Container } from '../../contract/records.ts';
import { crashDiagnosis, noHandlerDiagnosis } from './diagnosis-records.ts';
import { containerRecord } from './records.ts';

/** Text as only an attacker, or a test, writes it. */
export const hostileName = '<img src=x onerror="document.title=\'pwned\'">';
export const hostileImage = 'registry.example/\u202egpj.tnecnonni\u2066/\u001b[31mred\u001b[0m:latest';

/** One of each kind, hostile ones included. */
export function fullContainers(): Container[] {
  const arm = { arch: 'arm64', execution: 'emulated', emulator: 'qemu-aarch64 10.0.2' } as const;
  const port = (port: number, containerPort: number, change: Partial<PublishedPort> = {}): PublishedPort => ({
    protocol: 'tcp',
    address: '',
    port,
    containerPort,
    hostPort: port,
    hostAddresses: ['127.0.0.1', '::1'],
    problem: null,
    ...change,
  });
  const taken: PortProblem = {
    reason: 'taken',
    message:
      'Port 127.0.0.1:9090 is taken on this computer by prometheus (process 4711). It answers here as soon as that lets go, or from another port now.',
    holder: { pid: 4_711, name: 'prometheus' },
    command: null,
  };
  return [
    containerRecord({
      name: 'web',
      image: 'nginx:1.29',
      command: 'nginx -g daemon off;',
      ports: [port(8_080, 80), port(8_443, 443)],
    }),
    containerRecord({
      ...arm,
      name: 'api-arm',
      image: 'ghcr.io/acme/api:2.4.1',
      command: 'node server.js',
      ports: [port(3_000, 3_000)],
      composeProject: 'acme',
    }),
    containerRecord({
      ...arm,
      name: 'builder',
      image: 'acme/build:arm64',
      command: 'make -j2 all',
      execution: 'mixed',
      composeProject: 'acme',
      ports: [
        port(5_353, 53, { protocol: 'udp' }),
        port(80, 8_000, { hostPort: 49_213 }),
        port(6_000, 6_000, { address: '192.168.7.2', hostAddresses: ['192.168.7.2'] }),
      ],
    }),
    containerRecord({
      name: 'metrics',
      image: 'prom/prometheus:v3.5.0',
      arch: 'riscv64',
      execution: 'emulated',
      emulator: 'qemu-riscv64 10.0.2',
      ports: [port(9_090, 9_090, { hostAddresses: [], problem: taken })],
      status: 'Up 2 hours (healthy)',
    }),
    containerRecord({
      name: 'db',
      image: 'postgres:17',
      command: 'postgres',
      state: 'paused',
      status: 'Up 2 hours (Paused)',
    }),
    containerRecord({
      ...arm,
      name: 'migrate',
      image: 'ghcr.io/acme/api:2.4.1',
      state: 'exited',
      status: 'Exited (139) 4 minutes ago',
      exitCode: 139,
      diagnosis: crashDiagnosis(),
    }),
    containerRecord({
      name: 'queue',
      image: 'ghcr.io/acme/api:2.4.1',
      arch: 'arm64',
      execution: 'unknown',
      state: 'exited',
      status: 'Exited (126) 1 minute ago',
      exitCode: 126,
      diagnosis: noHandlerDiagnosis(),
    }),
    containerRecord({
      name: 'nightly',
      image: 'acme/report:7',
      state: 'exited',
      status: 'Exited (3) 6 hours ago',
      exitCode: 3,
    }),
    containerRecord({
      name: 'one-off',
      image: 'busybox',
      state: 'exited',
      status: 'Exited (0) 2 hours ago',
      exitCode: 0,
      arch: 's390x',
      execution: 'unknown',
    }),
    containerRecord({
      name: hostileName,
      image: hostileImage,
      command: 'sh -c "\u001b]0;pwned\u0007echo \u202edesrever"',
      status: '</td><script>document.title="pwned"</script>',
    }),
    containerRecord({
      name: `endless-${'x'.repeat(200)}`,
      image: `registry.example/${'deep/'.repeat(30)}image@sha256:${'0'.repeat(64)}`,
      status: 'Up 12 days',
      ports: [
        port(5_000, 5_000),
        port(5_001, 5_001),
        port(5_002, 5_002),
        port(5_003, 5_003),
        port(5_004, 5_004),
      ],
    }),
  ];
}
