/** @file Unpacks chosen files of a tar archive, plain or gzipped, without trusting a name or a length in it. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { messageOf, UserError } from '#shared/errors.ts';
import { ByteReader, UnexpectedEnd } from './byte-reader.ts';
import { Stopped } from './stopped.ts';

const block = 512;
/** Long names and PAX records are kilobytes; more is no archive of ours. */
const longestRecord = 2 ** 20;

interface TarEntry {
  name: string;
  size: number;
  isFile: boolean;
}

/** Which files to take out of an archive. */
export interface ExtractOptions {
  /** An existing folder; files land in it under their last name alone, so no entry can lead out of it. */
  folder: string;
  /** @param name - the last part of an entry's path. */
  wanted: (name: string) => boolean;
  /** Most bytes of one file. */
  largest: number;
  checkStop: () => void;
}

/**
 * Unpacks the wanted files.
 * @returns name -> path of what was unpacked.
 * @throws UserError where the archive is damaged or ends early.
 */
export async function extractTar(archive: string, options: ExtractOptions): Promise<Map<string, string>> {
  const extracted = new Map<string, string>();
  const file = createReadStream(archive);
  const stream = (await isGzip(archive)) ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => stream.destroy(error));
  const reader = new ByteReader(stream);
  try {
    for (let entry = await readEntry(reader); entry !== undefined; entry = await readEntry(reader)) {
      options.checkStop();
      const name = path.posix.basename(entry.name.replaceAll('\\', '/'));
      if (entry.isFile && options.wanted(name)) {
        if (entry.size > options.largest) throw new Error(`${name} claims ${entry.size} bytes`);
        const target = path.join(options.folder, name);
        await writeEntry(reader, entry.size, target, options.checkStop);
        extracted.set(name, target);
      } else await reader.skip(entry.size, options.checkStop);
      await reader.skip((block - (entry.size % block)) % block, options.checkStop);
    }
    return extracted;
  } catch (error) {
    if (error instanceof UserError || error instanceof Stopped) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw error;
    const why = error instanceof UnexpectedEnd ? 'it ends early' : messageOf(error);
    throw new UserError(`${archive} is damaged: ${why}.`, 'Get it again and compare its checksum.');
  } finally {
    stream.destroy();
    file.destroy();
  }
}

async function isGzip(archive: string): Promise<boolean> {
  const handle = await open(archive, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE(0) === 0x1f8b;
  } finally {
    await handle.close();
  }
}

/** The next entry that is a file or folder, or undefined at the archive's end. */
async function readEntry(reader: ByteReader): Promise<TarEntry | undefined> {
  let longName: string | undefined;
  for (;;) {
    const header = await reader.takeOrEnd(block);
    if (header === undefined || header.every((byte) => byte === 0)) return undefined;
    checkSum(header);
    const size = readNumber(header.subarray(124, 136));
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L' || type === 'x' || type === 'g' || type === 'K') {
      const text = (await takeRecord(reader, size)).toString('utf8');
      if (type === 'L') longName = text.replace(/\0.*$/s, '');
      if (type === 'x') longName = /^\d+ path=(.*)$/m.exec(text)?.[1] ?? longName;
      continue;
    }
    const isFile = type === '0' || type === '\0' || type === '7';
    return { name: longName ?? shortName(header), size, isFile };
  }
}

async function takeRecord(reader: ByteReader, size: number): Promise<Buffer> {
  if (size > longestRecord) throw new Error('it has a name that is too long');
  const record = await reader.take(size);
  await reader.take((block - (size % block)) % block);
  return record;
}

function shortName(header: Buffer): string {
  const name = readText(header.subarray(0, 100));
  const isUstar = header.toString('latin1', 257, 262) === 'ustar';
  const prefix = isUstar ? readText(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readText(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** Octal digits, or big-endian base 256 where the first bit is set. */
function readNumber(field: Buffer): number {
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0) {
    let value = first & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value)) throw new Error('a length in it is impossible');
    return value;
  }
  const text = readText(field).trim();
  if (!/^[0-7]*$/.test(text)) throw new Error('it is no tar archive');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function checkSum(header: Buffer): void {
  const stated = readNumber(header.subarray(148, 156));
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== stated) throw new Error('it is no tar archive');
}

async function writeEntry(reader: ByteReader, size: number, target: string, checkStop: () => void): Promise<void> {
  const handle = await open(target, 'w');
  try {
    for await (const part of reader.parts(size)) {
      checkStop();
      await handle.writeFile(part);
    }
  } finally {
    await handle.close();
  }
}
