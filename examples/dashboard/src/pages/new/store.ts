import { readStored, type StoredDraft } from './draft.ts';

/** Keeps the draft across reloads. */
export interface DraftStore {
  load(): StoredDraft | undefined;
  /** Returns whether the draft was saved: storage can be full, or blocked by the browser. */
  save(stored: StoredDraft | undefined): boolean;
}

const key = 'new-run';

/**
 * Keeps a draft for this tab, which survives reloads, and the last one of all tabs, with which a new tab starts.
 *
 * @param places - `sessionStorage` and `localStorage`. Access to them throws where the browser blocks storage.
 */
export function draftStore(places: () => readonly Storage[]): DraftStore {
  return {
    load() {
      try {
        for (const place of places()) {
          const stored = readStored(place.getItem(key));
          if (stored) return stored;
        }
      } catch {
        // Storage is blocked: there is no draft.
      }
      return undefined;
    },
    save(stored) {
      try {
        const text = JSON.stringify(stored);
        for (const place of places()) {
          if (stored) place.setItem(key, text);
          else place.removeItem(key);
        }
        return true;
      } catch {
        return false;
      }
    },
  };
}
