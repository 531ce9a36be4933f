/** @file Downloads a package's archive by the user's own npm, which knows their registry and proxy. */
import { spawn } from 'node:child_process';
import { UserError } from '#shared/errors.ts';

/** What to fetch, and where to. */
export interface PackRequest {
  /** `name@version`. */
  specifier: string;
  /** An existing folder; npm runs in it, so that no project's settings apply. */
  folder: string;
  signal?: AbortSignal | undefined;
}

const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|network/;

/** Runs `npm pack`. @returns the archive's file name within the folder. @throws UserError where npm fails. */
export async function npmPack({ specifier, folder, signal }: PackRequest): Promise<string> {
  const flags = ['--json', '--prefer-offline', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
  const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000'];
  const { code, out, err } = await runNpm(['pack', specifier, ...flags, ...patience], folder, signal);
  signal?.throwIfAborted();
  const name = code === 0 ? packedName(out) : undefined;
  if (name !== undefined) return name;
  const reason = /npm error code (\S+)/.exec(err)?.[1] ?? `exit code ${String(code)}`;
  if (offline.test(err)) throw new UserError(`npm cannot reach its registry (${reason}).`, 'Connect to the network.');
  const [line] = /npm error (?!code)(.+)/.exec(err)?.slice(1) ?? [];
  throw new UserError(`npm could not fetch ${specifier} (${reason}).`, line ?? 'See npm’s own log.');
}

/** The report is an array of one; newer versions of npm key reports by package. */
function packedName(out: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(out);
  } catch {
    return undefined; // told by the caller as a failure
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const [report] = Object.values(parsed) as unknown[];
  const named = typeof report === 'object' && report !== null && 'filename' in report;
  return named && typeof report.filename === 'string' ? report.filename : undefined;
}

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function runNpm(words: readonly string[], folder: string, signal: AbortSignal | undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32'; // there npm is a script of the shell
    const child = spawn(windows ? 'npm.cmd' : 'npm', words, {
      cwd: folder,
      shell: windows,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const leave = (): void => {
      child.kill();
    };
    process.once('exit', leave);
    signal?.addEventListener('abort', leave, { once: true });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', () => {
      reject(new UserError('npm was not found.', 'Install Node.js with npm.'));
    });
    child.on('close', (code) => {
      process.off('exit', leave);
      signal?.removeEventListener('abort', leave);
      resolve({ code, out, err });
    });
  });
}
