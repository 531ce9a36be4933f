/** @file Writes tar archives for tests, sound and otherwise. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface TarFile {
  name: string;
  content: Buffer;
  /** As the header claims; else that of the content. */
  claimedSize?: number;
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(name.slice(0, 100), 0);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write(type, 156);
  block.write('ustar\u000000', 257);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** Names over 100 characters get a GNU long-name record. */
export function tar(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ name, content, claimedSize }) => {
    const long = Buffer.from(`${name}\0`);
    const before = name.length > 100 ? [header('././@LongLink', long.length, 'L'), padded(long)] : [];
    return [...before, header(name, claimedSize ?? content.length, '0'), padded(content)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** A folder's files below a folder of the archive. */
export function tarOf(folder: string, inside: string): Buffer {
  const names = readdirSync(folder);
  return tar(names.map((name) => ({ name: `${inside}/${name}`, content: readFileSync(path.join(folder, name)) })));
}
