import { z } from 'zod';

/**
 * Codes a client may branch on. A message is for people and may change; a code is for programs and may not.
 */
export const errorCodes = [
  'bad_input',
  'cancelled',
  'unknown_vm',
  'unknown_arch',
  'unknown_container',
  'unknown_file',
  'unknown_terminal',
  'unknown_job',
  'unknown_image',
  'unknown_volume',
  'unknown_network',
  'unknown_build',
  'unknown_fix',
  'unknown_share',
  'wrong_state',
  'share_refused',
  'share_failed',
  'not_shared',
  'home_unusable',
  'engine_running',
  'engine_unreachable',
  'engine_outdated',
  'tool_missing',
  'tool_too_old',
  'template_invalid',
  'mirror_unreachable',
  'signature_invalid',
  'hash_mismatch',
  'download_failed',
  'package_missing',
  'package_corrupt',
  'disk_full',
  'image_failed',
  'accelerator_failed',
  'qemu_failed',
  'boot_failed',
  'suspend_failed',
  'saved_state_unusable',
  'port_taken',
  'ssh_failed',
  'guest_command_failed',
  'docker_unreachable',
  'docker_failed',
  'emulator_failed',
  'terminal_failed',
  'internal',
] as const;

export const ErrorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** An EngineError as it crosses a transport: what, which one, why, next step. Never a stack. */
export const WireError = z.object({
  code: ErrorCode,
  message: z.string(),
  /** What to do next, one or two sentences; empty when there is nothing to advise. */
  hint: z.string(),
  /** Evidence: short strings such as the last console lines. Hostile input, shown as text only. */
  details: z.record(z.string(), z.string()),
});
export type WireError = z.infer<typeof WireError>;
