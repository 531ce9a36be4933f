/** @file The nearest known word to a mistyped one. */

/** `Did you mean "x"? ` where something is near enough to what was typed, else nothing. */
export async function didYouMean(
  typed: string,
  known: readonly string[],
  show: (near: string) => string,
): Promise<string> {
  const { distance } = await import('fastest-levenshtein'); // only mistakes pay for it
  const lower = typed.toLowerCase();
  let best = '';
  let bestScore = Infinity;
  for (const word of known) {
    const starts = lower.length > 2 && (word.startsWith(lower) || word.endsWith(lower));
    const score = starts ? 1 : distance(lower, word.toLowerCase());
    if (score < bestScore) [best, bestScore] = [word, score];
  }
  return bestScore <= Math.max(2, typed.length / 2) ? `Did you mean ${show(best)}? ` : '';
}
