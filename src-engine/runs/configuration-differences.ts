/** @file In which keys a configuration departs from where it started. */
import { configurationKeys, valueAt } from '#shared/configuration/keys.ts';
import { presets } from '#shared/configuration/presets.ts';
import { configurationSchema, type Configuration } from '#shared/configuration/schema.ts';

/** A key whose value is not the one of the preset (or the default). */
export interface KeyDifference {
  key: string;
  value: unknown;
  was: unknown;
}

/** Every difference from the preset, or from the paper's defaults where there is none (or none of that name). */
export function configurationDifferences(configuration: Configuration, preset: string | null): KeyDifference[] {
  const base = configurationSchema.parse(presets.find((each) => each.name === preset)?.configuration ?? {});
  return configurationKeys
    .map(({ name }) => ({ key: name, value: valueAt(configuration, name), was: valueAt(base, name) }))
    .filter(({ value, was }) => JSON.stringify(value) !== JSON.stringify(was));
}
