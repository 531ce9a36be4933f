/** @file `doctor`: what this machine can compute with. Starts no process and loads no backend, so it answers at once. */
import { accessSync, constants, existsSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { listBackends } from '../backends/list-backends.ts';
import { studioVersion } from '../version.ts';
import { defineCommand } from './command.ts';
import { wrap } from './help.ts';
import { styleFor } from './style.ts';
import { byteSize, table } from './table.ts';

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Show what this machine can compute with, and why not with more.',
  options: {},
  async run({ library, terminal }) {
    const backends = await listBackends();
    const report = {
      version: studioVersion,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
      cores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      library,
      ...libraryReport(library),
      backends,
    };
    terminal.result(report, () => {
      const style = styleFor(terminal.styled);
      const state = (yes: boolean): string => (yes ? style.good('yes') : style.bad('no'));
      const facts = table([
        ['Version', `${report.version}, Node ${report.node}, ${report.platform}`],
        ['Processor', `${report.cpu}, ${report.cores} cores, ${byteSize(report.memoryBytes)} of memory`],
        ['Library', `${library} (${libraryState(report)})`],
      ]);
      const rows = backends.map((backend) => [
        backend.name,
        state(backend.usable),
        state(backend.trainable),
        backend.devices.length === 0 ? '–' : backend.devices.join(', '),
        backend.version === '' ? '–' : backend.version,
      ]);
      const remarks = backends
        .filter(({ reason }) => reason !== '')
        .flatMap(({ name, reason }) => ['', ...wrap(`${name}: ${reason}`, 100)]);
      const best = backends.find(({ usable, trainable }) => usable && trainable);
      return [
        ...facts,
        '',
        ...table([['Backend', 'Usable', 'Trains', 'Devices', 'Version'].map(style.strong), ...rows]),
        ...remarks,
        '',
        best === undefined
          ? style.bad('Nothing here can train. Run `npm run setup`.')
          : `Runs take ${best.name} on ${best.device ?? 'cpu'} unless told otherwise by --backend and --device.`,
      ].join('\n');
    });
    return 0;
  },
});

interface LibraryReport {
  libraryExists: boolean;
  libraryWritable: boolean;
}

function libraryReport(folder: string): LibraryReport {
  const libraryExists = existsSync(join(folder, 'library.sqlite'));
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    return { libraryExists, libraryWritable: true };
  } catch {
    return { libraryExists, libraryWritable: false };
  }
}

function libraryState({ libraryExists, libraryWritable }: LibraryReport): string {
  if (!libraryWritable) return 'not writable';
  return libraryExists ? 'in use' : 'made when first needed';
}
