/**
 * A desktop entry which starts `argv` when the person logs in
 * (https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html on quoting).
 */
export function autostartEntry(argv: readonly string[]): string {
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Foredeck',
    'Comment=Containers that do not match your CPU',
    `Exec=${argv.map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
  ];
  return `${lines.join('\n')}\n`;
}

/** Quoted for Exec, then escaped as any string value: a backslash needs four, a percent sign is a field code. */
function quoted(argument: string): string {
  const inner = argument
    .replace(/(["`$\\])/g, '\\$1')
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return `"${inner}"`;
}
