/** @file Where the library lies when nobody says otherwise. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The library folder: what was asked for, else `SIMCLR_STUDIO_LIBRARY`, else the system's place for a user's data. */
export function libraryFolder(asked: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const named = asked ?? env['SIMCLR_STUDIO_LIBRARY'];
  if (named !== undefined && named !== '') return resolve(named);
  if (process.platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'simclr-studio');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'simclr-studio');
  const data = env['XDG_DATA_HOME'];
  return join(data === undefined || data === '' ? join(homedir(), '.local', 'share') : data, 'simclr-studio');
}
