import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { estimateMemory, requireMemory } from '#compute/loop/memory-estimate.ts';
import type { BackendChoice } from '#shared/compute-protocol.ts';
import type { ConfigurationInput } from '#shared/configuration/schema.ts';
import type { UserError } from '#shared/errors.ts';
import { makeClassImages } from '../../support/class-images.ts';
import { tensorflowChoice } from '../../support/open-tensorflow.ts';
import { pretrainSpec, runPretraining } from '../../support/run-pretraining.ts';

let backend: BackendChoice;
beforeAll(async () => {
  backend = await tensorflowChoice(2);
});

/** The highest resident size a process has had, as the kernel keeps it. */
function peakBytes(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

describe.runIf(process.platform === 'linux')('the memory estimate', () => {
  it.each([
    ['resnet8 at 32 px', 32, { batchSize: 256, encoder: { architecture: 'resnet8' } }],
    ['resnet18 at 32 px', 32, { batchSize: 48, encoder: { architecture: 'resnet18' }, optimizer: { name: 'lars' } }],
    [
      'resnet50 with the ImageNet stem at 96 px',
      96,
      { batchSize: 16, encoder: { architecture: 'resnet50', stem: 'imagenet' } },
    ],
  ] as [string, number, ConfigurationInput][])('lies within 20 % of the peak of %s', async (_, side, configuration) => {
    const batchSize = configuration.batchSize ?? 2;
    const data = makeClassImages({ train: 2 * batchSize, test: 0, side, classes: 2 });
    const spec = pretrainSpec(data, backend, { ...configuration, epochs: 2, validationFraction: 0 });
    let peak = 0;
    await runPretraining(spec, ({ pid }) => {
      peak = Math.max(peak, peakBytes(pid ?? 0));
    });
    const ratio = estimateMemory(spec.configuration, spec.dataset, 'tensorflow') / peak;
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.2);
  });
});

describe('requireMemory', () => {
  const { dataset } = makeClassImages({ train: 2, test: 0, side: 32, classes: 2 });
  const configuration = { batchSize: 4096, encoder: { architecture: 'resnet18' } } as const;

  it('names the largest batch that fits, which it then accepts', () => {
    const spec = pretrainSpec({ folder: '', dataset }, { name: 'wasm' } as BackendChoice, configuration);
    const attempt = (batchSize: number) => {
      requireMemory({ ...spec.configuration, batchSize }, dataset, 'tensorflow', 8e9);
    };
    let refusal = '';
    try {
      attempt(4096);
    } catch (error) {
      refusal = (error as UserError).line;
    }
    const fitting = Number(/--batch-size (\d+)/.exec(refusal)?.[1]);
    expect(fitting).toBeGreaterThan(64);
    expect(() => {
      attempt(fitting);
    }).not.toThrow();
    expect(() => {
      attempt(Math.ceil(fitting * 1.2));
    }).toThrow('needs about');
  });
});
