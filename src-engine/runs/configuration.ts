/** @file A run's configuration from what a person asked for: a preset, and keys set over it. */
import { completeConfiguration, findKey, nearest, parseValue, withValue } from '#shared/configuration/keys.ts';
import { presets, type Preset } from '#shared/configuration/presets.ts';
import type { Configuration, ConfigurationInput } from '#shared/configuration/schema.ts';
import { UserError } from '#shared/errors.ts';

/** A key (dotted, or as its flag) and its value as text. */
export interface KeySetting {
  readonly key: string;
  readonly text: string;
}

/** `key=value` as a setting. @throws UserError where there is no equals sign. */
export function readSetting(text: string): KeySetting {
  const equals = text.indexOf('=');
  if (equals > 0) return { key: text.slice(0, equals).trim(), text: text.slice(equals + 1) };
  throw new UserError(`"${text}" sets nothing.`, 'Write --set key=value, such as --set optimizer.name=sgd.', 'usage');
}

/** Finds a preset by name. @throws UserError naming the nearest one. */
export function findPreset(name: string): Preset {
  const found = presets.find((preset) => preset.name === name);
  if (found !== undefined) return found;
  const names = presets.map((preset) => preset.name);
  throw new UserError(
    `There is no preset "${name}".`,
    `Did you mean "${nearest(name, names)}"? There are: ${names.join(', ')}.`,
    'usage',
  );
}

/**
 * The complete configuration: the preset's (the paper's defaults without one), then the settings in order.
 * @throws UserError for unknown keys and impossible values, with the nearest key or the allowed range.
 */
export function buildConfiguration(preset: Preset | null, settings: readonly KeySetting[]): Configuration {
  const input = settings.reduce<ConfigurationInput>((soFar, { key, text }) => {
    const found = findKey(key);
    return withValue(soFar, found.name, parseValue(found, text));
  }, preset?.configuration ?? {});
  return completeConfiguration(input);
}
