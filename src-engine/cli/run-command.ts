/** @file From arguments to exit code: finds the command, reads its arguments, runs it and shows what went wrong. */
import { resolve } from 'node:path';
import { messageOf, UserError } from '#shared/errors.ts';
import { defaultLibraryFolder } from '#store/library-folder.ts';
import { parseArguments } from './arguments.ts';
import { commonOptions, type Command, type CommandInput, type LeafCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { commandHelp, groupHelp, programHelp, programName, type CommandSummary } from './help.ts';
import { didYouMean } from './suggest.ts';
import { Terminal, type Sink } from './terminal.ts';

/** A command that is loaded only when it is asked for, so that every one starts fast. */
export interface LazyCommand extends CommandSummary {
  readonly load: () => Promise<Command>;
}

export { exitCodes };

/** Runs one command line. Never throws. @returns the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly LazyCommand[],
  streams: { out: Sink; err: Sink },
): Promise<number> {
  const json = argv.some((word) => word === '--json' || word === '--json=true');
  const terminal = new Terminal(streams.out, streams.err, json);
  try {
    return await dispatch(argv, commands, terminal, streams.out);
  } catch (error) {
    terminal.clearTransient();
    terminal.note(errorLine(error));
    return error instanceof UserError && error.kind === 'usage' ? exitCodes.usage : exitCodes.failed;
  }
}

function errorLine(error: unknown): string {
  const line = error instanceof UserError ? error.line : `This should not have happened: ${messageOf(error)}`;
  const stack = error instanceof Error && process.env.SIMCLR_STUDIO_STACK === '1' ? `\n${error.stack ?? ''}` : '';
  return line.replaceAll(/\s*\n\s*/g, ' ') + stack;
}

async function dispatch(
  argv: readonly string[],
  commands: readonly LazyCommand[],
  terminal: Terminal,
  out: Sink,
): Promise<number> {
  const { leading, words } = splitLeadingOptions(argv);
  const [name, ...rest] = words;
  if (name === '--version') {
    const { studioVersion } = await import('../version.ts');
    out.write(`${studioVersion}\n`);
    return exitCodes.done;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    out.write(`${programHelp(commands)}\n`);
    return exitCodes.done;
  }
  if (name === undefined) {
    terminal.note(programHelp(commands));
    return exitCodes.usage;
  }
  const found = commands.find((command) => command.name === name);
  if (found === undefined) throw await unknownCommand(name, programName, commands);
  return runFound(await found.load(), `${programName} ${name}`, [...leading, ...rest], terminal, out);
}

/** `--library X` and `--json` may also stand before the command. */
function splitLeadingOptions(argv: readonly string[]): { leading: string[]; words: string[] } {
  const leading: string[] = [];
  const words = [...argv];
  for (let word = words[0]; word !== undefined; word = words[0]) {
    if (word === '--library') leading.push(...words.splice(0, 2));
    else if (word === '--json' || word.startsWith('--library=')) leading.push(...words.splice(0, 1));
    else break;
  }
  return { leading, words };
}

async function runFound(
  command: Command,
  commandLine: string,
  argv: readonly string[],
  terminal: Terminal,
  out: Sink,
): Promise<number> {
  if (!('commands' in command)) return runLeaf(command, commandLine, argv, terminal, out);
  const { leading, words } = splitLeadingOptions(argv);
  const [name, ...rest] = words;
  if (name === '--help' || name === '-h') {
    out.write(`${groupHelp(command, commandLine)}\n`);
    return exitCodes.done;
  }
  if (name === undefined) {
    terminal.note(groupHelp(command, commandLine));
    return exitCodes.usage;
  }
  const found = command.commands.find((each) => each.name === name);
  if (found === undefined) throw await unknownCommand(name, commandLine, command.commands);
  return runFound(found, `${commandLine} ${name}`, [...leading, ...rest], terminal, out);
}

async function runLeaf(
  command: LeafCommand,
  commandLine: string,
  argv: readonly string[],
  terminal: Terminal,
  out: Sink,
): Promise<number> {
  const described = { ...command.options, ...command.furtherOptions, ...commonOptions };
  const { options, operands } = await parseArguments(argv, described, commandLine);
  if (options.help === true) {
    out.write(`${commandHelp(command, commandLine)}\n`);
    return exitCodes.done;
  }
  const [fewest, most] = command.operandCount ?? [0, 0];
  const usage = `Usage: ${commandLine}${command.operands === undefined ? '' : ` ${command.operands}`} [options].`;
  if (operands.length < fewest) throw new UserError(`${commandLine} needs more than that.`, usage, 'usage');
  if (operands.length > most) {
    throw new UserError(`${commandLine} can't use "${operands[most] ?? ''}".`, usage, 'usage');
  }
  // Sound: parseArguments gives every described option its described type.
  const typed = options as CommandInput['options'];
  const asked = options.library;
  const library = typeof asked === 'string' && asked !== '' ? resolve(asked) : defaultLibraryFolder();
  return command.run({ options: typed, further: options, operands, library, terminal });
}

async function unknownCommand(
  name: string,
  commandLine: string,
  commands: readonly CommandSummary[],
): Promise<UserError> {
  if (name.startsWith('-')) {
    return new UserError(`${name} stands before any command.`, `See ${commandLine} --help.`, 'usage');
  }
  const names = commands.map((command) => command.name);
  const suggestion = await didYouMean(name, names, (near) => `"${near}"`);
  return new UserError(`There is no command "${name}".`, `${suggestion}See ${commandLine} --help.`, 'usage');
}
