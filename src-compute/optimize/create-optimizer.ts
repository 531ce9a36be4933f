/** @file Picks the optimiser a configuration names. */
import type { Configuration } from '#shared/configuration/schema.ts';
import { AdamW } from './adamw.ts';
import { Lars } from './lars.ts';
import type { Optimizer } from './optimizer.ts';
import { Sgd } from './sgd.ts';

/** Makes the optimiser of a configuration, with empty state. */
export function createOptimizer(settings: Configuration['optimizer']): Optimizer {
  switch (settings.name) {
    case 'lars':
      return new Lars(settings);
    case 'sgd':
      return new Sgd(settings);
    case 'adamw':
      return new AdamW(settings);
  }
}
