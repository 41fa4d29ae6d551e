import { expect, test } from 'vitest';
import { findHostProxy, proxyOfEnvironment, proxyOfScutil } from './host-proxy.ts';

test('reads the environment as curl does: lower case first, ALL_PROXY last, no scheme is http', () => {
  const environment = {
    https_proxy: 'proxy.example.org:3128',
    HTTPS_PROXY: 'http://other.example.org',
    ALL_PROXY: 'http://all.example.org:8080',
    NO_PROXY: 'localhost,.example.org',
  };
  expect(proxyOfEnvironment(environment)).toEqual({
    from: 'environment',
    http: 'http://all.example.org:8080',
    https: 'http://proxy.example.org:3128',
    noProxy: 'localhost,.example.org',
  });
});

test('no proxy, one that is switched off, and one that Docker cannot use are none', async () => {
  expect(await findHostProxy({ environment: {}, platform: 'linux' })).toBeNull();
  expect(proxyOfEnvironment({ http_proxy: '', ALL_PROXY: 'socks5://127.0.0.1:1080' })).toBeNull();
});

/** The form which macOS' scutil prints (its manual, and the keys of SystemConfiguration's SCSchemaDefinitions). */
const scutil = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  HTTPEnable : 0
  HTTPProxy : 10.9.9.9
  HTTPPort : 80
  HTTPSEnable : 1
  HTTPSPort : 3128
  HTTPSProxy : proxy.example.org
}
`;

test("reads macOS' settings", () => {
  expect(proxyOfScutil(scutil)).toEqual({
    from: 'macos',
    http: null,
    https: 'http://proxy.example.org:3128',
    noProxy: '*.local,169.254/16',
  });
  expect(proxyOfScutil(scutil.replace('HTTPSEnable : 1', 'HTTPSEnable : 0'))).toBeNull();
});
