/** What sharing means, for who has to decide. */
export function TrustNote() {
  return (
    <p className="text-sm text-muted">
      Containers can read everything in a shared folder, and change or delete it unless it is shared read
      only. Share a project rather than all you have, and only with programs you trust as if they ran on this
      computer.
    </p>
  );
}
