import { CopyButton } from './copy-button.tsx';

/** A command line a person takes elsewhere. `label` names the copy button: "Copy the docker context command". */
export function CopyableCommand({ command, label }: { command: string; label: string }) {
  return (
    <div className="flex min-w-0 items-start rounded-md text-left border border-line bg-sunken py-0.5 pr-0.5 pl-3 text-ink">
      <code className="min-w-0 flex-1 py-1 font-mono text-sm wrap-anywhere whitespace-pre-wrap select-all">
        {command}
      </code>
      <CopyButton text={command} label={label} />
    </div>
  );
}
