import { expect, it } from 'vitest';
import { jsonLines, matchingLines } from './json-lines.ts';

const lines = jsonLines({
  Name: '/web',
  Config: { Env: ['PATH=/bin', 'A=1'], Tty: false },
  State: { Pid: 12 },
});
const found = (search: string) => matchingLines(lines, search).map(({ text }) => text.trim());

it('keeps each line that matches under those it belongs to', () => {
  expect(found('path=')).toEqual(['{', '"Config": {', '"Env": [', '"PATH=/bin",']);
  expect(found('a=1')).toEqual(['{', '"Config": {', '"Env": [', '"A=1"']);
  expect(found('pid')).toEqual(['{', '"State": {', '"Pid": 12']);
  expect(found('nothing like it')).toEqual([]);
});

it('shows no parent twice, and everything without a search', () => {
  expect(found('=')).toEqual(['{', '"Config": {', '"Env": [', '"PATH=/bin",', '"A=1"']);
  expect(matchingLines(lines, '')).toHaveLength(lines.length);
});
