/** @file Arguments, help, suggestions, streams and exit codes of the terminal program. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationKeys } from '#shared/configuration/keys.ts';
import { commands } from '#engine/cli/commands.ts';
import { runCommandLine } from '#engine/cli/run-command.ts';
import { run, start, temporaryFolder } from './terminal-program.ts';

interface Seen {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in this process. */
async function command(...argv: string[]): Promise<Seen> {
  let [out, err] = ['', ''];
  const library = join(temporaryFolder(), 'library');
  const code = await runCommandLine([...argv, '--library', library], commands, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

/** Names of all commands, with those of groups. */
async function commandLines(): Promise<string[][]> {
  const all: string[][] = [];
  for (const { name, load } of commands) {
    const loaded = await load();
    all.push([name]);
    if ('commands' in loaded) all.push(...loaded.commands.map((each) => [name, each.name]));
  }
  return all;
}

describe('help', () => {
  it('is there for the program and for every command, on stdout, with code 0', async () => {
    for (const words of [[], ...(await commandLines())]) {
      const { code, out, err } = await command(...words, '--help');
      expect(code).toBe(0);
      expect(err).toBe('');
      expect(out).toContain(['Usage: simclr-studio', ...words].join(' '));
    }
  });

  it('names every command of the program', async () => {
    const { out } = await command('--help');
    for (const { name, summary } of commands) {
      expect(out).toContain(name);
      expect(out).toContain(summary);
    }
  });

  it('tells of every configuration key what it does and takes', async () => {
    const { out } = await command('pretrain', '--help');
    for (const { flag, help } of configurationKeys) {
      expect(out).toMatch(new RegExp(`--(\\[no-\\])?${flag} `));
      expect(out.replaceAll(/\s+/g, ' ')).toContain(help.help);
    }
  });

  it('keeps its lines to 100 characters', async () => {
    for (const words of [[], ...(await commandLines())]) {
      const { out } = await command(...words, '--help');
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(102);
    }
  });

  it('goes to stderr with code 2 where no command is given', async () => {
    const { code, out, err } = await run(temporaryFolder());
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('Commands:');
  });
});

describe('a mistake in the arguments', () => {
  const mistakes: [argv: string[], says: string][] = [
    [['docter'], 'There is no command "docter". Did you mean "doctor"?'],
    [['runs', 'shwo', 'x'], 'Did you mean "show"?'],
    [['runs', 'shw', '--help'], 'Did you mean "show"?'],
    [['doctor', '--jsn'], 'Did you mean --json?'],
    [['pretrain', '--dataset', 'x', '--epoch', '3'], 'Did you mean --epochs?'],
    [['pretrain', '--dataset', 'x', '--batchsize', '3'], 'Did you mean --batch-size?'],
    [['pretrain', '--learning-rate', '3'], 'Did you mean --optimizer-learning-rate?'],
    [['pretrain', '--dataset'], '--dataset needs a value.'],
    [['pretrain', '--dataset', '--epochs', '3'], '--dataset needs a value.'],
    [['pretrain', '--no-epochs'], 'has no option --no-epochs'],
    [['pretrain', '-x'], 'has no option -x'],
    [['pretrain', 'cifar10'], `can't use "cifar10"`],
    [['runs', 'show'], 'Usage: simclr-studio runs show RUN'],
    [['runs', 'show', 'a', 'b'], `can't use "b"`],
    [['pretrain', '--resume', 'x', '--epochs', '3'], "epochs can't be given with --resume"],
    [['pretrain', '--dataset', 'x', '--checkpoint', 'y'], '--checkpoint goes with --resume'],
    [['pretrain', '--dataset', 'x', '--set', 'epochs'], '"epochs" sets nothing.'],
    [['pretrain', '--dataset', 'x', '--backend', 'cuda'], 'There is no backend "cuda"'],
    [['pretrain', '--dataset', 'x', '--threads', '0'], '"0" is not a value for --threads'],
    [['pretrain', '--encoder-zero-gamma=maybe'], '"maybe" is not a value for --encoder-zero-gamma'],
    [['evaluate', 'x', '--knn-temperature', '0'], '"0" is not a value for --knn-temperature'],
    [['pretrain'], 'The library has none yet; add one with: simclr-studio datasets add cifar10'],
    [['pretrain', '--dataset', 'cifar10'], 'Add it with: simclr-studio datasets add cifar10'],
    [['runs', 'show', 'nothing'], 'There is no run "nothing"'],
    [['demo', '--preset', 'tinny'], 'Did you mean "tiny"?'],
    [['demo', '--epochs', '0'], '"0" is not a value for epochs. It takes a whole number, at least 1'],
  ];
  for (const [argv, says] of mistakes) {
    it(`in "${argv.join(' ')}" is told in one line on stderr, with code 2`, async () => {
      const { code, out, err } = await command(...argv, '--json');
      expect(err).toContain(says);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
      expect(out).toBe('');
      expect(code).toBe(2);
    });
  }

  it('leaves nothing behind', async () => {
    const library = join(temporaryFolder(), 'library');
    expect((await run(library, 'doctor', '--nonsense')).code).toBe(2);
    expect(existsSync(library)).toBe(false);
  });
});

describe('doctor', () => {
  it('prints one JSON document on stdout and nothing on stderr', async () => {
    const { code, out, err } = await run(temporaryFolder(), 'doctor', '--json');
    expect(code).toBe(0);
    expect(err).toBe('');
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(report).toMatchObject({ node: process.versions.node, platform: `${process.platform}-${process.arch}` });
    const backends = report.backends as Record<string, unknown>[];
    expect(backends.map(({ name }) => name)).toEqual(['tensorflow', 'wasm']);
    for (const backend of backends) {
      expect(Object.keys(backend)).toEqual(
        expect.arrayContaining(['name', 'usable', 'trainable', 'device', 'version', 'reason']),
      );
    }
  });

  it('makes no library', async () => {
    const library = join(temporaryFolder(), 'library');
    await run(library, 'doctor');
    expect(existsSync(library)).toBe(false);
  });
});

describe('the streams', () => {
  it('may be closed early by a reader, without a word', async () => {
    const started = start(temporaryFolder(), ['pretrain', '--help']);
    started.child.stdout?.destroy();
    const { code, err } = await started.ended;
    expect(err).toBe('');
    expect(code).toBe(0);
  });

  it('carry no escape sequences where they are no terminal', async () => {
    const { out } = await run(temporaryFolder(), 'doctor');
    // eslint-disable-next-line no-control-regex -- escape sequences begin with that control character
    expect(out).not.toMatch(/\u001B/);
  });

  it('take common options before the command too', async () => {
    const { out, code } = await run(temporaryFolder(), '--json', 'presets');
    expect(code).toBe(0);
    expect((JSON.parse(out) as { name: string }[]).map(({ name }) => name)).toContain('tiny');
  });
});
