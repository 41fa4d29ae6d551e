/**
 * The window's page has an origin of its own instead of `file:`, whose pages share one opaque origin and may read
 * files. Registered as a standard scheme, so it has a host, relative links and `location.origin`.
 */
export const appScheme = 'foredeck-app';
export const appOrigin = `${appScheme}://ui`;
export const appUrl = `${appOrigin}/index.html`;
