/** @file Help texts, made from the same descriptions that parse the arguments. */
import {
  commonOptions,
  type Command,
  type CommandGroup,
  type LeafCommand,
  type OptionDescriptions,
} from './command.ts';

/** What users type to start this program. */
export const programName = 'simclr-studio';

/** Name and summary of a command, for lists. */
export type CommandSummary = Pick<Command, 'name' | 'summary'>;

/** `simclr-studio --help`. */
export function programHelp(commands: readonly CommandSummary[]): string {
  return [
    'SimCLR Studio learns image representations without labels, on your own machine.',
    '',
    `Usage: ${programName} <command> [options]`,
    '',
    'Commands:',
    ...twoColumns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Common options:',
    ...optionLines({ ...commonOptions, version: { type: 'switch', help: 'Print the version.' } }),
    '',
    `${programName} <command> --help tells more about one. The first thing to try: ${programName} demo`,
  ].join('\n');
}

/** `simclr-studio runs --help`. */
export function groupHelp(group: CommandGroup, commandLine: string): string {
  return [
    group.summary,
    '',
    `Usage: ${commandLine} <command> [options]`,
    '',
    'Commands:',
    ...twoColumns(group.commands.map((command) => [commandHead(command), command.summary])),
    '',
    `${commandLine} <command> --help tells more about one.`,
  ].join('\n');
}

/** `simclr-studio runs show --help`. */
export function commandHelp(command: LeafCommand, commandLine: string): string {
  const operands = command.operands === undefined ? '' : ` ${command.operands}`;
  const all: OptionDescriptions = { ...command.options, ...command.furtherOptions, ...commonOptions };
  const groups = new Map<string, OptionDescriptions>();
  for (const [flag, option] of Object.entries(all)) {
    const title = option.group === undefined ? 'Options' : option.group === 'Common' ? 'Common options' : option.group;
    groups.set(title, { ...groups.get(title), [flag]: option });
  }
  return [
    command.summary,
    '',
    `Usage: ${commandLine}${operands} [options]`,
    ...[...groups].flatMap(([title, options]) => ['', `${title}:`, ...optionLines(options)]),
    ...(command.notes === undefined ? [] : ['', ...command.notes.flatMap((note) => wrap(note, 100))]),
    ...(command.examples === undefined
      ? []
      : ['', 'Examples:', ...command.examples.map((example) => `  ${programName} ${example}`)]),
  ].join('\n');
}

function commandHead(command: Command): string {
  return 'commands' in command || command.operands === undefined ? command.name : `${command.name} ${command.operands}`;
}

function optionLines(options: OptionDescriptions): string[] {
  return twoColumns(
    Object.entries(options).map(([flag, option]) => [
      option.type === 'text'
        ? `--${flag} ${option.value ?? 'VALUE'}`
        : `--${option.negatable === true ? '[no-]' : ''}${flag}`,
      option.help,
    ]),
  );
}

function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, 100 - width - 4);
    const head = left.length > width ? [`  ${left}`] : [];
    const first = head.length > 0 ? ' '.repeat(width) : left.padEnd(width);
    return [...head, ...lines.map((line, at) => `  ${at === 0 ? first : ' '.repeat(width)}  ${line}`)];
  });
}

/** Breaks a text at spaces into lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
