/** @file The safetensors layout: a length, a JSON header, then the tensors' bytes. Checkpoints are kept in it. */
import { UserError } from '#shared/errors.ts';
import type { NamedValues, WeightValues } from './weights.ts';

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Free text beside the tensors, as the format allows. */
export type TensorMetadata = Record<string, string>;

/** Bytes of the length that a file begins with. */
const lengthBytes = 8;

/** Tensors and metadata as the parts of a file, in order. Tensors lie in name order. */
export function encodeTensors(tensors: NamedValues, metadata: TensorMetadata): Uint8Array[] {
  const names = Object.keys(tensors).sort();
  let end = 0;
  const entries = names.map((name) => {
    const { shape, values } = tensors[name] as WeightValues; // its own key
    const start = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] } satisfies HeaderEntry] as const;
  });
  const header = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  // Padded with spaces so that the tensors begin at a multiple of eight bytes, as the format advises.
  const json = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return [length, json, ...names.map((name) => bytesOf(tensors[name] as WeightValues))];
}

/** Reads what `encodeTensors` made. @throws UserError where the bytes are not a whole file of float32 tensors. */
export function decodeTensors(file: Uint8Array): { tensors: NamedValues; metadata: TensorMetadata } {
  const broken = (): UserError => new UserError('These weights are not a whole safetensors file.', 'Use another copy.');
  if (file.length < lengthBytes) throw broken();
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerEnd = lengthBytes + Number(view.getBigUint64(0, true));
  if (headerEnd > file.length) throw broken();
  const { __metadata__: metadata = {}, ...entries } = parseHeader(file.subarray(lengthBytes, headerEnd), broken);
  const tensors: NamedValues = {};
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets } = entry as HeaderEntry;
    const [start, end] = data_offsets;
    const size = shape.reduce((a, b) => a * b, 1) * Float32Array.BYTES_PER_ELEMENT;
    if (dtype !== 'F32' || end - start !== size || headerEnd + end > file.length) throw broken();
    // Copied, because the bytes need not lie at a multiple of four. (A Buffer's slice would copy nothing.)
    tensors[name] = {
      shape,
      values: new Float32Array(new Uint8Array(file.subarray(headerEnd + start, headerEnd + end)).buffer),
    };
  }
  return { tensors, metadata: metadata as TensorMetadata };
}

function parseHeader(json: Uint8Array, broken: () => UserError): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>;
  } catch {
    throw broken();
  }
}

function bytesOf({ values }: WeightValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
