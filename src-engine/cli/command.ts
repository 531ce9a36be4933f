/** @file What a command is: the one description that parsing, help and suggestions all come from. */
import type { Terminal } from './terminal.ts';

/** An option of a command, by its flag without dashes. */
export interface OptionDescription {
  /** switch: `--flag` or `--no-flag`, also `--flag=true`. text: takes a value. */
  readonly type: 'switch' | 'text';
  /** A switch that is on unless told: the help shows `--[no-]flag`. */
  readonly negatable?: true;
  /** What the help calls the value, such as `N`. */
  readonly value?: string;
  readonly help: string;
  /** May be given more than once; its values are collected. */
  readonly multiple?: true;
  /** Heading in the help. */
  readonly group?: string;
}

export type OptionDescriptions = Readonly<Record<string, OptionDescription>>;

/** What a user typed, by flag. A switch not given is undefined. */
export type OptionValues<Options extends OptionDescriptions> = {
  readonly [Flag in keyof Options]: Options[Flag]['type'] extends 'switch'
    ? boolean | undefined
    : Options[Flag] extends { readonly multiple: true }
      ? readonly string[]
      : string | undefined;
};

/** Options that every command takes. */
export const commonOptions = {
  library: { type: 'text', value: 'DIR', help: 'Library folder to work in.', group: 'Common' },
  json: { type: 'switch', help: 'Print one JSON document on stdout; all else goes to stderr.', group: 'Common' },
  help: { type: 'switch', help: 'Print this help.', group: 'Common' },
} as const satisfies OptionDescriptions;

/** What a command is run with. */
export interface CommandInput<Options extends OptionDescriptions = OptionDescriptions> {
  /** Values of the command's own and the common options. */
  readonly options: OptionValues<Options & typeof commonOptions>;
  /** Values of `furtherOptions` that were given. */
  readonly further: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** What stands without a flag. */
  readonly operands: readonly string[];
  /** Absolute path of the library folder. */
  readonly library: string;
  readonly terminal: Terminal;
}

/** A command that does something. */
export interface LeafCommand<Options extends OptionDescriptions = OptionDescriptions> {
  readonly name: string;
  /** One line, for lists. */
  readonly summary: string;
  /** Operands as the usage line shows them, such as `RUN` or `[DATASET…]`. */
  readonly operands?: string;
  /** Fewest and most operands; the default is none. */
  readonly operandCount?: readonly [fewest: number, most: number];
  readonly options: Options;
  /** Options known only at run time; their values are in `further`. */
  readonly furtherOptions?: OptionDescriptions;
  /** Below the options in the help. */
  readonly notes?: readonly string[];
  readonly examples?: readonly string[];
  /** @returns the exit code. @throws UserError for anything a user can mend. */
  run(input: CommandInput<Options>): Promise<number>;
}

/** A command of commands, such as `runs`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
}

export type Command = LeafCommand | CommandGroup;

/** Describes a command; the types of its options' values follow from their descriptions. */
export function defineCommand<const Options extends OptionDescriptions>(command: LeafCommand<Options>): LeafCommand {
  // Sound: the parser gives `run` exactly the values that `options` describes.
  return command;
}
