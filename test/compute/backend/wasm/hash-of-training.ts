/** @file Trains resnet8 for a few steps on the wasm backend and prints a hash of its weights; run as a process of its own. */
import { createHash } from 'node:crypto';
import { createWasmBackend } from '#compute/backend/wasm/wasm-backend.ts';
import { trainStep } from '#compute/loop/train-step.ts';
import { Network } from '#compute/model/network.ts';
import { createOptimizer } from '#compute/optimize/create-optimizer.ts';
import { completeConfiguration } from '#shared/configuration/keys.ts';
import { Random } from '#shared/random.ts';

const side = 16;
const configuration = completeConfiguration({ batchSize: 8, encoder: { architecture: 'resnet8', stem: 'cifar' } });
const backend = await createWasmBackend({ threads: 1 });
const network = new Network(backend, configuration, side);
const optimizer = createOptimizer(configuration.optimizer);
const random = new Random(1);
for (let step = 0; step < 8; step++) {
  const views = Float32Array.from({ length: 2 * configuration.batchSize * side * side * 3 }, () => random.uniform());
  const { loss } = await trainStep({ backend, network, optimizer, configuration }, views, side, 0.05);
  if (!Number.isFinite(loss)) throw new Error(`Step ${step} was not finite.`);
}
const hash = createHash('sha256');
for (const [name, { values }] of Object.entries(await network.weights.read())) hash.update(name).update(values);
console.log(hash.digest('hex'));
