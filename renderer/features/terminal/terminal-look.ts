import type { ISearchDecorationOptions } from '@xterm/addon-search';
import type { ITerminalOptions, ITheme } from '@xterm/xterm';

/** Sixteen colours which stay readable on their background; hex, since xterm.js reads nothing newer. */
export const darkLook: ITheme = {
  background: '#11171b',
  foreground: '#dce3e7',
  cursor: '#7cc6e6',
  cursorAccent: '#11171b',
  selectionBackground: '#2f5468',
  black: '#2b343a',
  red: '#ef7f78',
  green: '#7fcf98',
  yellow: '#e3bd6b',
  blue: '#7fb4ef',
  magenta: '#d29be2',
  cyan: '#6fcad0',
  white: '#c6d0d6',
  brightBlack: '#74848e',
  brightRed: '#f7a19b',
  brightGreen: '#a2e2b5',
  brightYellow: '#f2d591',
  brightBlue: '#a6ccf7',
  brightMagenta: '#e3bdee',
  brightCyan: '#9ae0e4',
  brightWhite: '#f4f8fa',
};

export const lightLook: ITheme = {
  background: '#fcfdfd',
  foreground: '#20292f',
  cursor: '#12506b',
  cursorAccent: '#fcfdfd',
  selectionBackground: '#bfdceb',
  black: '#20292f',
  red: '#b3261e',
  green: '#1e6b3a',
  yellow: '#7d5700',
  blue: '#1d55a5',
  magenta: '#86309c',
  cyan: '#0f6670',
  white: '#66747c',
  brightBlack: '#5a6870',
  brightRed: '#c8372e',
  brightGreen: '#26804a',
  brightYellow: '#8f6500',
  brightBlue: '#2a68c0',
  brightMagenta: '#9c41b3',
  brightCyan: '#197a85',
  brightWhite: '#37434a',
};

/** Matches of a search; xterm.js takes colours without transparency here, so both stand on either background. */
export const matchLook: ISearchDecorationOptions = {
  matchBackground: '#7a6524',
  activeMatchBackground: '#b4540a',
  matchOverviewRuler: '#b8963a',
  activeMatchColorOverviewRuler: '#e0751f',
};

export const terminalOptions: ITerminalOptions = {
  allowProposedApi: true,
  cursorBlink: true,
  fontFamily:
    'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "Noto Sans Mono", "DejaVu Sans Mono", monospace',
  fontSize: 13,
  lineHeight: 1.15,
  scrollback: 5_000,
  screenReaderMode: false,
  macOptionIsMeta: true,
  minimumContrastRatio: 4.5,
};
