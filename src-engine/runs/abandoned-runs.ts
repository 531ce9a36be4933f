/** @file Runs whose process died without a word. */
import type { Library } from '#store/library.ts';

/** Marks runs that stand as running or paused, but that no living process drives, as interrupted. @returns their ids. */
export function interruptAbandonedRuns(library: Library): string[] {
  return library.leases.abandonedRuns().filter((run) =>
    library.transaction(() => {
      // Asked again under the write lock: another process may have found and resumed it meanwhile.
      const state = library.runs.state(run);
      if (library.leases.isHeld(run) || (state !== 'running' && state !== 'paused')) return false;
      library.leases.takeOver(run);
      library.runs.transition(run, 'interrupted');
      library.leases.release(run);
      return true;
    }),
  );
}
