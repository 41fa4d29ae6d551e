/** The window's screens, in the order in which navigation and menu show them. Without zod: the page's first code. */
export const screens = [
  'overview',
  'containers',
  'processes',
  'images',
  'volumes',
  'networks',
  'ports',
  'builds',
  'emulation',
  'terminal',
  'activity',
  'settings',
] as const;
export type Screen = (typeof screens)[number];

/** What may come after a screen's name in a path such as `/containers/abc`: a container's id, an image's digest. */
export const screenItem = /^[\w.-]{1,128}$/;
