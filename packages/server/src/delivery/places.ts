import type { Given, Seat } from "../runs/index.ts";

/**
 * Room at workers that poll and take what they are given. What is promised to one counts until it is given; what is given
 * while it is between two polls lies here until the next one. Who does not come back gives it up.
 */
export interface Places {
  /** The worker asks, for at most `max`: what lies here for it, and how much room is left. */
  arrive(worker: string, max: number, pools: readonly string[]): { letters: Given[]; room: number };
  /** It has done something, so that it has more room than it said. */
  vacated(worker: string, count: number): void;
  /** It is told so much by other means. */
  took(worker: string, count: number): void;
  /** Nobody waits for this worker any more. */
  leave(worker: string): void;
  seat(pool: string): Seat | undefined;
  close(): void;
}

export interface PlacesPorts {
  /** Hands it over if the worker waits just now. */
  hand(worker: string, given: Given): boolean;
  /** Room that is promised, and is not for what is waiting. */
  promised(worker: string): void;
  /** It has that room again. */
  freed(worker: string): void;
  /** It was given to nobody: somebody else may have it. */
  unseen(given: Given): void;
  /** a worker that does not poll for so long has left, ms */
  patienceMs: number;
}

interface Place {
  worker: string;
  pools: readonly string[];
  room: number;
  promised: number;
  letters: Given[];
  leaving: NodeJS.Timeout | undefined;
}

export function openPlaces(ports: PlacesPorts): Places {
  const places = new Map<string, Place>();

  function stay(place: Place): void {
    clearTimeout(place.leaving);
    place.leaving = undefined;
  }

  function quit(place: Place): void {
    stay(place);
    if (places.get(place.worker) === place) places.delete(place.worker);
    for (const given of place.letters.splice(0)) ports.unseen(given);
  }

  function give(place: Place, given: Given): void {
    place.promised -= 1;
    if (ports.hand(place.worker, given)) return;
    // Its next poll may have come to a place of its own.
    if (places.get(place.worker) === place) place.letters.push(given);
    else ports.unseen(given);
  }

  return {
    arrive(worker, max, pools) {
      const place = places.get(worker) ?? { worker, pools, room: 0, promised: 0, letters: [], leaving: undefined };
      places.set(worker, place);
      stay(place);
      place.pools = pools;
      const letters = place.letters.splice(0, max);
      place.room = Math.max(0, max - letters.length - place.promised);
      return { letters, room: place.room };
    },
    vacated(worker, count) {
      const place = places.get(worker);
      if (!place) return;
      place.room += count;
      for (let more = 0; more < count; more++) ports.freed(worker);
    },
    took(worker, count) {
      const place = places.get(worker);
      if (place) place.room = Math.max(0, place.room - count);
    },
    leave(worker) {
      const place = places.get(worker);
      if (!place) return;
      stay(place);
      place.leaving = setTimeout(() => quit(place), ports.patienceMs);
      place.leaving.unref();
    },
    seat(pool) {
      for (const place of places.values()) {
        if (place.room <= 0 || !place.pools.includes(pool)) continue;
        place.room -= 1;
        place.promised += 1;
        ports.promised(place.worker);
        return {
          worker_id: place.worker,
          give: (given) => give(place, given),
          back() {
            place.promised -= 1;
            place.room += 1;
            ports.freed(place.worker);
          },
        };
      }
      return undefined;
    },
    close() {
      for (const place of [...places.values()]) quit(place);
    },
  };
}
