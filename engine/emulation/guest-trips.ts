import type { GuestLink } from '../vm/ports.ts';
import { GuestTrip, type TripReport } from './guest-trip.ts';
import { notRunning } from './handler-errors.ts';

/** Trips to one VM's guest, one at a time, so that the steps of two never interleave there. */
export class GuestTrips {
  readonly #vm: string;
  #link: GuestLink | undefined;
  /** Settles when no trip is under way. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(vm: string) {
    this.#vm = vm;
  }

  /** The guest, while there is one. */
  get link(): GuestLink | undefined {
    return this.#link;
  }

  connect(link: GuestLink): void {
    this.#link = link;
  }

  /** False when another connection has taken over from `link` already. */
  disconnect(link: GuestLink): boolean {
    if (this.#link !== link) return false;
    this.#link = undefined;
    return true;
  }

  /** Throws `wrong_state` without a guest. */
  require(): GuestLink {
    if (!this.#link) throw notRunning(this.#vm);
    return this.#link;
  }

  /** Makes the trip when its turn has come; `prepare` is called only then, so that it goes by what is true then. */
  run(prepare: (trip: GuestTrip) => GuestTrip): Promise<TripReport> {
    const next = this.#last.catch(() => undefined).then(() => prepare(new GuestTrip()).run(this.require()));
    this.#last = next;
    return next;
  }
}
