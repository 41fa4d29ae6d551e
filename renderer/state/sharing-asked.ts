import { create } from 'zustand';

const item = 'foredeck.sharing-asked';

/** Whether the person has been asked what to share and did not want to; kept by this browser or window. */
export const useSharingAsked = create<{ declined: boolean }>(() => ({
  declined: localStorage.getItem(item) === 'declined',
}));

export function declineSharing(): void {
  localStorage.setItem(item, 'declined');
  useSharingAsked.setState({ declined: true });
}
