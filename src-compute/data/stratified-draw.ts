/** @file Draws images class by class: evenly, or each class its share. */
import type { Random } from '#shared/random.ts';

/** Images by class; -1 holds those without. Classes ascend, images keep their order. */
export type Groups = Map<number, number[]>;

export function groupByLabel(images: readonly number[], labels: Int32Array): Groups {
  const groups: Groups = new Map();
  for (const image of images) {
    const label = labels[image] ?? -1;
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [image]);
    else group.push(image);
  }
  return new Map([...groups].sort(([a], [b]) => a - b));
}

/**
 * Draws `count` images, the same number from each class as far as the classes go; what doesn't divide goes to classes
 * chosen at random.
 */
export function drawEvenly(groups: Groups, count: number, random: Random): number[] {
  const entries = [...groups.values()];
  const shares = entries.map(() => 0);
  let open = entries.map((_, at) => at);
  let left = count;
  while (left > 0 && open.length > 0) {
    const each = Math.floor(left / open.length);
    if (each === 0) {
      for (const at of random.shuffle(open).slice(0, left)) shares[at] = (shares[at] ?? 0) + 1;
      break;
    }
    for (const at of open) {
      const given = Math.min(each, (entries[at] ?? []).length - (shares[at] ?? 0));
      shares[at] = (shares[at] ?? 0) + given;
      left -= given;
    }
    open = open.filter((at) => (entries[at] ?? []).length > (shares[at] ?? 0));
  }
  return drawShares(entries, shares, random);
}

/** Draws `count` images, from each class as its share of all images says (largest remainders; ties by class). */
export function drawProportionally(groups: Groups, count: number, random: Random): number[] {
  const entries = [...groups.values()];
  const total = entries.reduce((sum, group) => sum + group.length, 0);
  if (total === 0) return [];
  const exact = entries.map((group) => (count * group.length) / total);
  const shares = exact.map(Math.floor);
  const left = count - shares.reduce((sum, share) => sum + share, 0);
  exact
    .map((value, at) => ({ at, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.at - b.at)
    .slice(0, left)
    .forEach(({ at }) => (shares[at] = (shares[at] ?? 0) + 1));
  return drawShares(entries, shares, random);
}

function drawShares(groups: readonly number[][], shares: readonly number[], random: Random): number[] {
  return groups.flatMap((group, at) => random.shuffle([...group]).slice(0, shares[at] ?? 0));
}
