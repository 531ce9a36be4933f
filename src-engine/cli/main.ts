/** @file The terminal's entry: arguments in, exit code out. */
import { commands } from './commands.ts';
import { runCommandLine } from './run-command.ts';

// A reader that has seen enough, such as `| head`, is no error; training goes on without its audience.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2), commands, { out: process.stdout, err: process.stderr });
