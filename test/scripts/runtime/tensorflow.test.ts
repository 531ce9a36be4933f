import { expect, it } from 'vitest';
import { explainDisk } from '../../../scripts/runtime/setup-problem.mjs';
import { cudaRequirements } from '../../../scripts/runtime/tensorflow.mjs';

it("takes from a wheel's description what its extra and-cuda asks for, and nothing else", () => {
  const metadata = [
    'Name: tensorflow',
    'Requires-Dist: numpy>=1.26.0',
    'Provides-Extra: and-cuda',
    'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
    "Requires-Dist: nvidia-nccl-cu12 (<3.0,>=2.27.7) ; extra == 'and-cuda'",
    'Requires-Dist: tensorflow-io-gcs-filesystem>=0.23.1; sys_platform != "win32" and extra == "gcs-filesystem"',
    '',
    'Requires-Dist is also a word in this text; extra == "and-cuda"',
  ].join('\n');
  expect(cudaRequirements(metadata)).toEqual(['nvidia-cublas-cu12<13.0,>=12.5.3.2', 'nvidia-nccl-cu12<3.0,>=2.27.7']);
});

it('says in words that the disk is full, and leaves other errors as they are', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(explainDisk(full, '/cache')).toMatchObject({ kind: 'disk', message: 'There is no space left in /cache.' });
  const other = new Error('other');
  expect(explainDisk(other, '/cache')).toBe(other);
});
