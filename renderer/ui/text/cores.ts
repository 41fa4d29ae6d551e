/** "0.31 cores": processor time for each second that passed. */
export function formatCores(share: number): string {
  return share === 1 ? '1 core' : `${Number.isInteger(share) ? share : share.toFixed(2)} cores`;
}
