/** @file Every configuration key as a flag of its own. */
import { allowedValues, configurationKeys } from '#shared/configuration/keys.ts';
import { readSetting, type KeySetting } from '../runs/configuration.ts';
import type { OptionDescription, OptionDescriptions } from './command.ts';

/** Options for a command that takes configuration keys. */
export const configurationOptions: OptionDescriptions = Object.fromEntries(
  configurationKeys.map((key): [string, OptionDescription] => {
    const toggle = typeof key.defaultValue === 'boolean';
    const unit = key.help.unit === undefined ? '' : ` (${key.help.unit})`;
    const shown = Array.isArray(key.defaultValue) ? key.defaultValue.join(',') : String(key.defaultValue);
    return [
      key.flag,
      {
        type: toggle ? 'switch' : 'text',
        ...(toggle ? { negatable: true as const } : { value: placeholder(key.defaultValue) }),
        help: `${key.help.title}${unit}: ${key.help.help} Takes ${allowedValues(key)}; default ${shown}.`,
        group: key.help.group,
      },
    ];
  }),
);

function placeholder(value: unknown): string {
  if (Array.isArray(value)) return 'N,N…';
  return typeof value === 'number' ? 'N' : 'NAME';
}

/** What was set: first by `--set key=value` in order, then by flags of their own. */
export function keySettings(
  options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>,
  set: readonly string[],
): KeySetting[] {
  const flags = configurationKeys.flatMap(({ flag, name }) => {
    const value = options[flag];
    return typeof value === 'string' || typeof value === 'boolean' ? [{ key: name, text: String(value) }] : [];
  });
  return [...set.map(readSetting), ...flags];
}
