/** @file runtime.json: what an installed runtime holds, written last, so that a folder without it is no runtime. */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} ManifestFile
 * @property {string} path Relative to the runtime's folder, with `/`.
 * @property {number} size Bytes.
 * @property {number} modified Milliseconds since 1970; another time means that the hash must be checked again.
 * @property {string} sha256
 */

/**
 * @typedef {object} RuntimeManifest
 * @property {1} format
 * @property {string} name `tensorflow`.
 * @property {string} version TensorFlow's version.
 * @property {'cpu' | 'cuda'} flavour
 * @property {string} platform Such as `linux-x64`.
 * @property {string} binding The Node binding, relative to the folder.
 * @property {string[]} libraryFolders Folders the loader must search, relative; for LD_LIBRARY_PATH.
 * @property {string[]} programFolders Folders of helper programs (ptxas), relative; for PATH.
 * @property {string | null} cudaDataFolder Where XLA finds libdevice, relative; null for the CPU flavour.
 * @property {string} installedAt ISO time.
 * @property {ManifestFile[]} files
 */

export const manifestName = 'runtime.json';

/**
 * The manifest of an installed runtime.
 * @param {string} folder
 * @returns {RuntimeManifest | null} null where nothing whole is installed.
 */
export function readManifest(folder) {
  try {
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, manifestName), 'utf8'));
    return manifest.format === 1 && Array.isArray(manifest.files) ? manifest : null;
  } catch {
    return null;
  }
}

/**
 * The check of every start: all files are there with their sizes, and those touched since still have their hash. Times
 * that changed without the content, as in a copied cache, are noted, so that the next start need not hash again.
 * @param {string} folder
 * @returns {Promise<string | null>} What is wrong, or null.
 */
export async function quickCheck(folder) {
  const manifest = readManifest(folder);
  const wrong = await check(folder, manifest, (file, status) => status.mtimeMs !== file.modified);
  if (wrong === null && manifest !== null) noteTimes(folder, manifest);
  return wrong;
}

/**
 * Hashes every file.
 * @param {string} folder
 * @returns {Promise<string | null>} What is wrong, or null.
 */
export async function fullCheck(folder) {
  return check(folder, readManifest(folder), () => true);
}

/**
 * @param {string} folder
 * @param {RuntimeManifest | null} manifest
 * @param {(file: ManifestFile, status: fs.Stats) => boolean} mustHash
 * @returns {Promise<string | null>}
 */
async function check(folder, manifest, mustHash) {
  if (manifest === null) return 'it is not installed';
  for (const file of manifest.files) {
    const absolute = path.join(folder, file.path);
    const status = fs.statSync(absolute, { throwIfNoEntry: false });
    if (!status?.isFile()) return `${file.path} is missing`;
    if (status.size !== file.size) return `${file.path} has ${status.size} bytes instead of ${file.size}`;
    if (mustHash(file, status) && (await hashFile(absolute)) !== file.sha256) return `${file.path} is damaged`;
  }
  return null;
}

/**
 * Records the folder's files with their hashes. The last step of an installation.
 * @param {string} folder
 * @param {Omit<RuntimeManifest, 'format' | 'files' | 'installedAt'>} facts
 */
export async function writeManifest(folder, facts) {
  /** @type {ManifestFile[]} */
  const files = [];
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const absolute = path.join(entry.parentPath, entry.name);
    const status = fs.statSync(absolute);
    files.push({
      path: path.relative(folder, absolute).split(path.sep).join('/'),
      size: status.size,
      modified: status.mtimeMs,
      sha256: await hashFile(absolute),
    });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  /** @type {RuntimeManifest} */
  const manifest = { format: 1, ...facts, installedAt: new Date().toISOString(), files };
  save(folder, manifest);
}

/**
 * @param {string} folder
 * @param {RuntimeManifest} manifest
 */
function save(folder, manifest) {
  const target = path.join(folder, manifestName);
  const part = `${target}.${process.pid}.part`;
  const handle = fs.openSync(part, 'w');
  try {
    fs.writeSync(handle, JSON.stringify(manifest, null, 2));
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(part, target);
}

/**
 * @param {string} folder
 * @param {RuntimeManifest} manifest Of files that were found whole.
 */
function noteTimes(folder, manifest) {
  const timeOf = (/** @type {ManifestFile} */ file) =>
    fs.statSync(path.join(folder, file.path), { throwIfNoEntry: false })?.mtimeMs ?? file.modified;
  const files = manifest.files.map((file) => ({ ...file, modified: timeOf(file) }));
  if (files.every((file, index) => file.modified === manifest.files[index]?.modified)) return;
  try {
    save(folder, { ...manifest, files });
  } catch {
    // A cache that can only be read is hashed at every start.
  }
}

/**
 * @param {string} file
 * @returns {Promise<string>} SHA-256 in hex.
 */
export async function hashFile(file) {
  const hash = crypto.createHash('sha256');
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 4 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}
