import { expect, it } from 'vitest';
import { noPlaces, placeWindow, rememberPlace, WindowPlaces } from './window-place.ts';

const laptop = { id: 1, workArea: { x: 0, y: 30, width: 1440, height: 870 } };
const screen = { id: 2, workArea: { x: 1440, y: 0, width: 2560, height: 1440 } };
const bounds = { x: 1640, y: 100, width: 1500, height: 1000 };
const onScreen = rememberPlace(noPlaces, { display: screen, bounds, maximized: false });

it('opens in the middle of the first display', () => {
  expect(placeWindow(noPlaces, [laptop, screen])).toEqual({
    bounds: { x: 80, y: 65, width: 1280, height: 800 },
    maximized: false,
  });
});

it('opens where it was, on each display', () => {
  expect(placeWindow(onScreen, [laptop, screen]).bounds).toEqual(bounds);
  const both = rememberPlace(onScreen, {
    display: laptop,
    bounds: { x: 10, y: 40, width: 1000, height: 700 },
    maximized: true,
  });
  expect(placeWindow(both, [laptop, screen])).toEqual({
    bounds: { x: 10, y: 40, width: 1000, height: 700 },
    maximized: true,
  });
  expect(placeWindow({ ...both, last: 2 }, [laptop, screen]).bounds).toEqual(bounds);
});

it('stays at its place on a display that was put elsewhere', () => {
  const left = { ...screen, workArea: { ...screen.workArea, x: -2560, y: 200 } };
  expect(placeWindow(onScreen, [laptop, left]).bounds).toEqual({ ...bounds, x: -2360, y: 300 });
});

it('opens on the first display when its own is gone', () => {
  expect(placeWindow(onScreen, [laptop]).bounds).toEqual({ x: 80, y: 65, width: 1280, height: 800 });
});

it('is moved back until all of it can be seen, and made smaller for a smaller display', () => {
  const away = {
    last: 1,
    displays: { 1: { x: 5_000, y: -400, width: 1000, height: 700, maximized: false } },
  };
  expect(placeWindow(away, [laptop]).bounds).toEqual({ x: 440, y: 30, width: 1000, height: 700 });
  const large = {
    last: 1,
    displays: { 1: { x: 0, y: 0, width: 90_000, height: 90_000, maximized: false } },
  };
  expect(placeWindow(large, [laptop]).bounds).toEqual(laptop.workArea);
});

it('does not get smaller than the page can be', () => {
  const tiny = { id: 3, workArea: { x: 0, y: 0, width: 640, height: 480 } };
  expect(placeWindow(noPlaces, [tiny]).bounds).toEqual({ x: 0, y: 0, width: 900, height: 600 });
});

it('reads what it wrote', () => {
  expect(WindowPlaces.parse(JSON.parse(JSON.stringify(onScreen)))).toEqual(onScreen);
});
