import { screenItem, screens } from '../contract/screens.ts';

/** `foredeck://containers/0a1b2c`: anybody may write such a link, so it shows a screen and never acts. */
export const deepLinkScheme = 'foredeck';

/** Far longer than any link to a screen. */
const maxLength = 256;

/** The path of the screen which a link shows, or null for every link that is not exactly one of ours. */
export function readDeepLink(link: string): string | null {
  if (link.length > maxLength || !URL.canParse(link)) return null;
  const { protocol, host, username, password, pathname, search, hash } = new URL(link);
  if (protocol !== `${deepLinkScheme}:` || username || password || search || hash) return null;
  const screen = screens.find((name) => name === host);
  if (!screen) return null;
  const item = pathname.replace(/^\//, '');
  if (item === '') return `/${screen}`;
  return screenItem.test(item) ? `/${screen}/${item}` : null;
}
