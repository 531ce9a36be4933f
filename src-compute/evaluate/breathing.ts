/** @file Lets the event loop run between chunks of work, so that a stop is heard. */
import { setImmediate } from 'node:timers/promises';

/**
 * Yields to the event loop once.
 * @throws the signal's reason where it is aborted.
 */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
