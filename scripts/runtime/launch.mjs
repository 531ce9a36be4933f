/** @file Set-up and then the terminal program: what the `simclr-studio` command and the demo share. */
import { runStudio } from './run-studio.mjs';
import { setUp } from './set-up.mjs';

/**
 * Nothing of the set-up goes to stdout, which belongs to the program.
 * @param {readonly string[]} args
 * @param {() => void} releaseSignals
 */
export async function launch(args, releaseSignals) {
  const { node24 } = await setUp();
  releaseSignals();
  runStudio(node24, args);
}
