/** @file Where a library lies, and what lies where in it. */
import { homedir } from 'node:os';
import path from 'node:path';
import { UserError } from '#shared/errors.ts';

/** Names the library folder where no `--library` is given. */
export const libraryVariable = 'SIMCLR_STUDIO_LIBRARY';

/** The parts of the machine that decide the folder. */
export interface FolderSurroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
}

function surroundings(): FolderSurroundings {
  return { platform: process.platform, environment: process.env, home: homedir() };
}

/** The library folder where none is given: by environment variable, else the system's place for application data. */
export function defaultLibraryFolder(from: FolderSurroundings = surroundings()): string {
  const { environment, home, platform } = from;
  const wanted = environment[libraryVariable];
  if (wanted !== undefined && wanted !== '') return path.resolve(wanted);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'SimCLR Studio', 'library');
  if (platform === 'win32') {
    return path.join(environment.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'SimCLR Studio', 'library');
  }
  const data = environment.XDG_DATA_HOME;
  // The XDG convention: a relative path there is invalid and to be ignored.
  const base = data !== undefined && path.isAbsolute(data) ? data : path.join(home, '.local', 'share');
  return path.join(base, 'simclr-studio', 'library');
}

/** What lies where in a library folder. */
export class LibraryPaths {
  readonly folder: string;
  readonly database: string;
  readonly artifacts: string;
  readonly datasets: string;
  readonly logs: string;

  constructor(folder: string) {
    this.folder = path.resolve(folder);
    this.database = path.join(this.folder, 'library.sqlite');
    this.artifacts = path.join(this.folder, 'artifacts');
    this.datasets = path.join(this.folder, 'datasets');
    this.logs = path.join(this.folder, 'logs');
  }

  /** The run's file of checkpoints and embeddings; it may not exist yet. */
  artifactFile(runId: string): string {
    return path.join(this.artifacts, `${fileName(runId)}.sqlite`);
  }

  logFile(runId: string): string {
    return path.join(this.logs, `${fileName(runId)}.log`);
  }

  /** The dataset's folder; it may not exist yet. */
  datasetFolder(datasetId: string): string {
    return path.join(this.datasets, fileName(datasetId));
  }
}

/** An identifier as a file name: never one that leads out of the folder. */
function fileName(id: string): string {
  if (/^[\w-]{1,100}$/.test(id)) return id;
  throw new UserError(`"${id}" is not an identifier.`, 'Identifiers hold letters, digits, - and _ alone.', 'usage');
}
