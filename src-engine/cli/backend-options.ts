/** @file The options by which a user chooses what to compute on. */
import { UserError } from '#shared/errors.ts';
import type { BackendName } from '#shared/run.ts';
import type { BackendRequest } from '../backends/choose-backend.ts';
import type { OptionDescriptions, OptionValues } from './command.ts';

export const backendOptions = {
  backend: { type: 'text', value: 'NAME', help: 'tensorflow or wasm; the best one unless told.', group: 'Computing' },
  device: { type: 'text', value: 'NAME', help: 'cpu, cuda:0, cuda:1 …; see doctor.', group: 'Computing' },
  threads: {
    type: 'text',
    value: 'N',
    help: 'Threads of the kernels; the physical cores unless told.',
    group: 'Computing',
  },
} as const satisfies OptionDescriptions;

const names: readonly BackendName[] = ['tensorflow', 'wasm'];

/** Reads the options. @throws UserError for a backend that does not exist or a number that is none. */
export function backendRequest(options: OptionValues<typeof backendOptions>): BackendRequest {
  const requested = names.find((name) => name === options.backend);
  if (options.backend !== undefined && requested === undefined) {
    throw new UserError(`There is no backend "${options.backend}".`, `It is one of ${names.join(', ')}.`, 'usage');
  }
  return { requested, device: options.device, threads: readCount('threads', options.threads) };
}

/** A whole number of at least 1 given to a flag. @throws UserError */
export function readCount(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UserError(`"${text}" is not a value for --${flag}.`, 'It takes a whole number, at least 1.', 'usage');
}
