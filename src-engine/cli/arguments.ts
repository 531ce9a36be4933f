/** @file Reads a command's arguments by its description. */
import { UserError } from '#shared/errors.ts';
import type { OptionDescriptions } from './command.ts';
import { didYouMean } from './suggest.ts';

/** What stood in the arguments. */
export interface ParsedArguments {
  options: Record<string, string | boolean | string[] | undefined>;
  operands: string[];
}

/**
 * Reads arguments: `--flag value`, `--flag=value`, `--switch`, `--no-switch`, `-h`; after `--` all are operands.
 * Given twice, the last one holds, unless the option is `multiple`.
 * @throws UserError of kind usage, with the nearest flag where one is unknown.
 */
export async function parseArguments(
  argv: readonly string[],
  descriptions: OptionDescriptions,
  commandLine: string,
): Promise<ParsedArguments> {
  const parsed: ParsedArguments = { options: {}, operands: [] };
  for (const [flag, { multiple }] of Object.entries(descriptions)) parsed.options[flag] = multiple ? [] : undefined;
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      parsed.operands.push(...rest);
      break;
    }
    if (word === '-h') parsed.options.help = true;
    else if (/^-[^-\d.]/.test(word)) throw await unknownFlag(word, word.slice(1), descriptions, commandLine);
    else if (word.startsWith('--')) await readFlag(word, rest, descriptions, parsed, commandLine);
    else parsed.operands.push(word);
  }
  return parsed;
}

async function readFlag(
  word: string,
  rest: string[],
  descriptions: OptionDescriptions,
  parsed: ParsedArguments,
  commandLine: string,
): Promise<void> {
  const equals = word.indexOf('=');
  const flag = word.slice(2, equals < 0 ? undefined : equals);
  let value = equals < 0 ? undefined : word.slice(equals + 1);
  const positive = flag.startsWith('no-') ? flag.slice(3) : undefined;
  const description = descriptions[flag];
  if (description === undefined) {
    if (positive !== undefined && descriptions[positive]?.type === 'switch' && value === undefined) {
      parsed.options[positive] = false;
      return;
    }
    throw await unknownFlag(`--${flag}`, flag, descriptions, commandLine);
  }
  if (description.type === 'switch') {
    if (value === undefined && (rest[0] === 'true' || rest[0] === 'false')) value = rest.shift();
    if (value !== undefined && value !== 'true' && value !== 'false') {
      throw new UserError(`"${value}" is not a value for --${flag}.`, 'It takes true or false, or none.', 'usage');
    }
    parsed.options[flag] = value !== 'false';
    return;
  }
  value ??= rest[0]?.startsWith('--') === true ? undefined : rest.shift();
  if (value === undefined) {
    const example = `--${flag} ${description.value ?? 'VALUE'}`;
    throw new UserError(`--${flag} needs a value.`, `Write ${example}. See ${commandLine} --help.`, 'usage');
  }
  const before = parsed.options[flag];
  if (Array.isArray(before)) before.push(value);
  else parsed.options[flag] = value;
}

async function unknownFlag(
  shown: string,
  flag: string,
  descriptions: OptionDescriptions,
  commandLine: string,
): Promise<UserError> {
  const flags = Object.keys(descriptions);
  const suggestion = await didYouMean(flag, flags, (near) => `--${near}`);
  return new UserError(`${commandLine} has no option ${shown}.`, `${suggestion}See ${commandLine} --help.`, 'usage');
}
