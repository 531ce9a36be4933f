import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '#compute/backend/backend.ts';
import { Network } from '#compute/model/network.ts';
import { weightsSha256 } from '#compute/model/weights.ts';
import { completeConfiguration } from '#shared/configuration/keys.ts';
import type { ConfigurationInput } from '#shared/configuration/schema.ts';
import { leakedTensors } from '../../support/leaks.ts';
import { openTensorflow } from '../../support/open-tensorflow.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openTensorflow();
});

function build(encoder: ConfigurationInput['encoder'], side: number, rest: ConfigurationInput = {}): Network {
  return new Network(backend, completeConfiguration({ encoder, projection: { hiddenWidths: [] }, ...rest }), side);
}

/** Trained values of the encoder alone. */
function encoderParameters(network: Network): number {
  return Object.entries(network.weights.trainable())
    .filter(([name]) => !name.startsWith('projection'))
    .reduce((sum, [, variable]) => sum + variable.size, 0);
}

describe('the encoder', () => {
  // torchvision's totals less its classifier of 1000 classes.
  it.each([
    ['resnet18', 11_689_512 - 513_000, 512],
    ['resnet34', 21_797_672 - 513_000, 512],
    ['resnet50', 25_557_032 - 2_049_000, 2048],
  ] as const)('%s has as many parameters as torchvision’s', (architecture, parameters, width) => {
    const network = build({ architecture, stem: 'imagenet' }, 224);
    expect(encoderParameters(network)).toBe(parameters);
    expect(network.encoder.outputWidth).toBe(width);
    network.dispose();
  });

  it('takes the CIFAR stem up to 64 px and the ImageNet stem above, unless told', () => {
    const stems = [
      build({ architecture: 'resnet8' }, 64),
      build({ architecture: 'resnet8' }, 72),
      build({ architecture: 'resnet8', stem: 'imagenet' }, 32),
    ];
    expect(stems.map((network) => network.encoder.stem)).toEqual(['cifar', 'imagenet', 'imagenet']);
    stems.forEach((network) => {
      network.dispose();
    });
  });

  it('is as many times as wide as asked', () => {
    const network = build({ architecture: 'resnet50', widthMultiplier: 2 }, 32);
    expect(network.encoder.outputWidth).toBe(4096);
    network.dispose();
  });

  it.each(['resnet8', 'resnet18', 'resnet50'] as const)('%s turns images of any size into h', async (architecture) => {
    const network = build({ architecture }, 33);
    const h = await network.embed(new Float32Array(2 * 33 * 33 * 3).fill(0.5), [2, 33, 33, 3]);
    expect(h).toHaveLength(2 * network.encoder.outputWidth);
    expect(h.every(Number.isFinite)).toBe(true);
    network.dispose();
  });

  it('starts residual blocks as the identity where gamma is zeroed', async () => {
    const network = build({ architecture: 'resnet8', zeroGamma: true }, 32);
    const values = await network.weights.read();
    expect([...(values['layer2.0.bn2.weight']?.values ?? [])].every((value) => value === 0)).toBe(true);
    expect([...(values['layer2.0.bn1.weight']?.values ?? [])].every((value) => value === 1)).toBe(true);
    network.dispose();
  });

  it('draws kernels with the deviation of He et al. by the fan out', async () => {
    const network = build({ architecture: 'resnet18' }, 32);
    const kernel = (await network.weights.read())['layer3.0.conv2.weight']?.values ?? new Float32Array();
    const variance = kernel.reduce((sum, value) => sum + value ** 2, 0) / kernel.length;
    expect(variance).toBeCloseTo(2 / (9 * 256), 5);
    network.dispose();
  });
});

describe('the weights', () => {
  it('are the same for the same seed and others for another', async () => {
    const hashes: string[] = [];
    for (const seed of [1, 1, 2]) {
      const network = build({ architecture: 'resnet8' }, 32, { seed });
      hashes.push(weightsSha256(await network.weights.read()));
      network.dispose();
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('of the first layers do not depend on what follows', async () => {
    const [small, large] = [build({ architecture: 'resnet18' }, 32), build({ architecture: 'resnet34' }, 32)];
    const first = async (network: Network) => (await network.weights.read())['layer1.0.conv1.weight'];
    expect(await first(small)).toEqual(await first(large));
    small.dispose();
    large.dispose();
  });

  it('are refused where one is missing or has another shape', async () => {
    const network = build({ architecture: 'resnet8' }, 32);
    const { 'conv1.weight': stem, ...others } = await network.weights.read();
    expect(() => {
      network.weights.load(others);
    }).toThrow('conv1.weight is missing');
    expect(() => {
      network.weights.load({ ...others, 'conv1.weight': { shape: [1], values: stem?.values ?? new Float32Array() } });
    }).toThrow('conv1.weight has the shape 1 instead of 3x3x3x16');
    network.dispose();
  });
});

describe('modes', () => {
  const views = Float32Array.from({ length: 4 * 16 * 16 * 3 }, (_, at) => Math.sin(at));
  const encode = (network: Network, mode: 'training' | 'evaluation') =>
    tf.tidy(() =>
      network
        .encode(tf.tensor4d(views, [4, 16, 16, 3]), mode)
        .dataSync()
        .slice(),
    );

  it('evaluation changes nothing, and gives an image the same h alone or among others', async () => {
    const network = build({ architecture: 'resnet8', zeroGamma: false }, 16);
    encode(network, 'training');
    const before = weightsSha256(await network.weights.read());
    const together = encode(network, 'evaluation');
    const alone = await network.embed(views.subarray(0, 16 * 16 * 3), [1, 16, 16, 3]);
    expect(weightsSha256(await network.weights.read())).toBe(before);
    alone.forEach((value, at) => {
      expect(value).toBeCloseTo(together[at] ?? NaN, 5);
    });
    network.dispose();
  });

  it('training moves running statistics and nothing else', async () => {
    const network = build({ architecture: 'resnet8' }, 16);
    const before = await network.weights.read();
    encode(network, 'training');
    const after = await network.weights.read();
    const moved = Object.keys(before).filter(
      (name) => !tf.util.arraysEqual(before[name]?.values ?? [], after[name]?.values ?? []),
    );
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.every((name) => name.includes('running_') && !name.startsWith('projection'))).toBe(true);
    network.dispose();
  });

  it('leave no tensor behind', async () => {
    await expect(
      leakedTensors(() => {
        const network = build({ architecture: 'resnet8' }, 16);
        encode(network, 'training');
        encode(network, 'evaluation');
        network.dispose();
      }),
    ).resolves.toBe(0);
  });
});
