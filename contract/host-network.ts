import { z } from 'zod';

/** `http://proxy.example.org:3128`, with `user:password@` where it wants one. */
export const ProxyAddress = z.url({ protocol: /^https?$/ }).max(500);

/** Names, `.suffixes`, addresses and networks, separated by commas, as curl and Docker read `NO_PROXY`. */
export const ProxyExceptions = z
  .string()
  .max(4_000)
  .regex(/^[\p{L}\p{N}.,:*/_[\] -]*$/u);

/** The proxy of the VM's Docker, of its shells, and of Foredeck's own downloads. */
export const ProxyChoice = z.discriminatedUnion('from', [
  /** As this computer has it: see `HostProxy`. */
  z.object({ from: z.literal('host') }),
  z.object({ from: z.literal('none') }),
  z.object({
    from: z.literal('typed'),
    /** For `http:` and for `https:` addresses; null: none. */
    http: ProxyAddress.nullable(),
    https: ProxyAddress.nullable(),
    noProxy: ProxyExceptions,
  }),
]);
export type ProxyChoice = z.infer<typeof ProxyChoice>;

/** Asked instead of Docker Hub: `https`, or anything on this computer's loopback; no user, query or fragment. */
export const RegistryMirror = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .regex(/^(?:https:\/\/|http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?=[:/]|$))[^@?#\s]*$/i);

/** One certificate in PEM's text form; whether it is one, the engine finds out. */
export const CertificateText = z.string().max(16_384);

/** How the VM sees the network around this computer. */
export const NetworkSettings = z.object({
  /** Containers may reach services that listen on this computer's loopback, as `host.docker.internal`. */
  hostAccess: z.boolean(),
  proxy: ProxyChoice,
  registryMirrors: z.array(RegistryMirror).max(8),
  /** Trusted in the VM besides Debian's, each one certificate. */
  caCertificates: z.array(CertificateText).max(100),
});

/** What a certificate says of itself; names are hostile text. */
export const Certificate = z.object({
  pem: CertificateText,
  subject: z.string(),
  issuer: z.string(),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
  /** Of the certificate, in hexadecimal. */
  sha256: z.string(),
});
export type Certificate = z.infer<typeof Certificate>;

/** A proxy which this computer is set to use, and where that was found. */
export const HostProxy = z.object({
  from: z.enum(['environment', 'macos']),
  http: ProxyAddress.nullable(),
  https: ProxyAddress.nullable(),
  noProxy: z.string(),
});
export type HostProxy = z.infer<typeof HostProxy>;

/** What there is around this computer to be handed to the VM. */
export const HostNetwork = z.object({
  /** Null: none. */
  proxy: HostProxy.nullable(),
  /** Authorities which this computer trusts besides those that came with its system. */
  certificates: z.array(Certificate),
  /** Those of the setting `caCertificates`, in its order. */
  trusted: z.array(Certificate),
});
export type HostNetwork = z.infer<typeof HostNetwork>;
