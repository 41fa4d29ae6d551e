import { useEffect, useState } from 'react';
import type { Removal } from '../../../contract/container-actions.ts';
import type { Container } from '../../../contract/records.ts';
import { attempt, type Outcome } from '../../state/attempt.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { stopAsking, useAsking } from './asking-store.ts';
import { actOn, actOnProject, remove } from './container-acts.ts';
import { isUp } from './container-rows.ts';

/** As much of a name as a title has room for. */
const titleChars = 60;

/** Asks before something is lost; put once on each screen from which containers are acted on. */
export function ContainerDialogs({ onRemoved }: { onRemoved?: (container: Container) => void }) {
  const { asking } = useAsking();
  // Whoever leaves the screen has not said yes.
  useEffect(() => stopAsking, []);
  if (!asking) return null;
  if (asking.kind === 'project') {
    const { action, row } = asking;
    const project = row.project ?? '';
    return (
      <ConfirmDialog
        open
        title={`Stop project ${nameOf(project)}?`}
        confirmLabel="Stop all"
        onConfirm={() => void actOnProject({ vm: row.vm, project, action })}
        onClose={stopAsking}
      >
        <p>
          Some of its containers were started with <code className="font-mono">--rm</code>: they are removed
          when they stop, with everything they wrote outside of volumes.
        </p>
      </ConfirmDialog>
    );
  }
  const { act, container } = asking;
  if (act === 'remove') return <RemoveDialog container={container} onRemoved={onRemoved} />;
  const name = nameOf(container.name);
  const doing = act === 'kill' ? 'Kill' : 'Stop';
  return (
    <ConfirmDialog
      open
      title={`${doing} ${name}?`}
      confirmLabel={doing}
      onConfirm={() => {
        if (act !== 'start') void actOn(container, act);
      }}
      onClose={stopAsking}
    >
      {act === 'kill' ? (
        <p>Its program ends at once, without a chance to write down what it is at. Stop asks it first.</p>
      ) : null}
      {container.autoRemove ? (
        <p className="mt-1">
          It was started with <code className="font-mono">--rm</code>: it is removed as soon as it has ended,
          with everything it wrote outside of volumes.
        </p>
      ) : null}
    </ConfirmDialog>
  );
}

function RemoveDialog({
  container,
  onRemoved,
}: {
  container: Container;
  onRemoved: ((container: Container) => void) | undefined;
}) {
  const removal = useRemoval(container);
  const [volumes, setVolumes] = useState(false);
  return (
    <ConfirmDialog
      open
      title={`Remove ${nameOf(container.name)}?`}
      confirmLabel={isUp(container) ? 'Kill and remove' : 'Remove'}
      onConfirm={() => {
        void remove(container, volumes).then((gone) => gone && onRemoved?.(container));
      }}
      onClose={stopAsking}
    >
      {isUp(container) ? <p className="mb-1">It runs: it is killed first.</p> : null}
      {removal === null ? (
        <p>Looking at what goes with it…</p>
      ) : !removal.ok ? (
        <p>
          What goes with it could not be read: {plainText(removal.error.message)} Everything it wrote outside
          of volumes goes.
        </p>
      ) : (
        <Belongings removal={removal.value} volumes={volumes} onVolumes={setVolumes} />
      )}
    </ConfirmDialog>
  );
}

function Belongings({
  removal,
  volumes,
  onVolumes,
}: {
  removal: Removal;
  volumes: boolean;
  onVolumes: (volumes: boolean) => void;
}) {
  const { writtenBytes, anonymousVolumes, namedVolumes } = removal;
  const count = anonymousVolumes.length;
  return (
    <div className="flex flex-col gap-2">
      <p>
        {writtenBytes === null
          ? 'Everything it wrote outside of volumes goes, and its log.'
          : `What it wrote outside of volumes goes, ${formatBytes(writtenBytes)}, and its log.`}{' '}
        Its image stays.
      </p>
      {namedVolumes.length > 0 ? (
        <p className="wrap-anywhere">
          {namedVolumes.length === 1 ? 'Its volume stays: ' : 'Its volumes stay: '}
          {namedVolumes.map((volume) => plainText(volume)).join(', ')}.
        </p>
      ) : null}
      {count > 0 ? (
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            checked={volumes}
            onChange={(event) => onVolumes(event.target.checked)}
            className="mt-0.5 size-4 accent-accent"
          />
          <span>
            Remove {count === 1 ? 'its volume without a name' : `its ${count} volumes without names`} as well,
            with {count === 1 ? 'its' : 'their'} data. Left behind, nothing leads to{' '}
            {count === 1 ? 'it' : 'them'} any more.
          </span>
        </label>
      ) : null}
    </div>
  );
}

/** Null while it is being read. */
function useRemoval({ vm, id }: Container): Outcome<Removal> | null {
  const [removal, setRemoval] = useState<Outcome<Removal> | null>(null);
  useEffect(() => {
    let left = false;
    void attempt(`container:removal:${id}`, (client) => client.container.removal({ vm, container: id })).then(
      (outcome) => {
        if (outcome && !left) setRemoval(outcome);
      },
    );
    return () => {
      left = true;
    };
  }, [vm, id]);
  return removal;
}

function nameOf(name: string): string {
  const plain = plainText(name);
  return plain.length > titleChars ? `${plain.slice(0, titleChars)}…` : plain;
}
