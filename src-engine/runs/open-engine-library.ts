/** @file Opens a library as the engine does: what a dead process left behind is put in order first. */
import { openLibrary, type Library } from '#store/library.ts';
import { interruptAbandonedRuns } from './abandoned-runs.ts';

/** Opens or makes the library of a folder. Runs whose process died become `interrupted`. @throws UserError */
export function openEngineLibrary(folder: string): Library {
  const library = openLibrary(folder);
  try {
    interruptAbandonedRuns(library);
    return library;
  } catch (error) {
    library.close();
    throw error;
  }
}

/** Does work on a library and closes it. @throws what the work throws. */
export async function withEngineLibrary<Result>(
  folder: string,
  work: (library: Library) => Result | Promise<Result>,
): Promise<Result> {
  const library = openEngineLibrary(folder);
  try {
    return await work(library);
  } finally {
    library.close();
  }
}
