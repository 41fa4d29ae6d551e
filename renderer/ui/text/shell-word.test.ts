import { expect, it } from 'vitest';
import { shellWord } from '../../ui/text/shell-word.ts';

it('leaves plain paths alone and quotes what a shell would take apart', () => {
  expect(shellWord('unix:///root/.foredeck/docker.sock')).toBe('unix:///root/.foredeck/docker.sock');
  expect(shellWord("/home/o'neil dir/x")).toBe("'/home/o'\\''neil dir/x'");
  expect(shellWord('')).toBe("''");
});
