/** @file Counts the bytes in a folder, to show how far a download or an installation is. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * Bytes in a folder that another process is filling.
 * @param {string} folder
 * @returns {number}
 */
export function folderSize(folder) {
  let bytes = 0;
  try {
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        bytes += fs.statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // A folder went while it was read: the next look counts again.
  }
  return bytes;
}
