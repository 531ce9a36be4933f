/** @file Everything a run needs to go on exactly where it was, to and from the bytes of a checkpoint. */
import type { CheckpointRecord } from '#shared/compute-protocol.ts';
import type { ArtifactFile } from '#store/artifacts.ts';
import { decodeTensors, encodeTensors } from '../model/safetensors.ts';
import { weightsSha256, type NamedValues } from '../model/weights.ts';
import type { DiagnosisHistory } from '../monitor/diagnosis-history.ts';
import type { Learner } from './train-step.ts';

/** Where a run is. Weights and optimiser state live in the learner. */
export interface Position {
  /** Optimiser steps done. */
  step: number;
  /** Seconds of training so far, pauses left out. */
  trainingSeconds: number;
  /** Epochs whose end has been monitored. */
  monitoredEpochs: number;
  history: DiagnosisHistory;
}

const weightsPrefix = 'weights/';
const optimizerPrefix = 'optimizer/';

/** Writes a checkpoint, whole or not at all. Epochs count whole ones done. @throws UserError where the disk refuses. */
export async function saveCheckpoint(
  artifacts: ArtifactFile,
  { network, optimizer }: Learner,
  position: Position,
  stepsPerEpoch: number,
): Promise<CheckpointRecord> {
  const weights = await network.weights.read();
  const tensors = { ...prefixed(weightsPrefix, weights), ...prefixed(optimizerPrefix, await optimizer.read()) };
  const { step, trainingSeconds } = position;
  const epoch = Math.floor(step / stepsPerEpoch);
  const id = `step-${String(step).padStart(7, '0')}`;
  const sha256 = weightsSha256(weights);
  const parts = encodeTensors(tensors, { format: 'simclr-studio-checkpoint-1', position: JSON.stringify(position) });
  const { bytes } = artifacts.writeArtifact({ id, kind: 'checkpoint', metadata: { epoch, step } }, parts);
  return { id, epoch, step, bytes, weightsSha256: sha256, trainingSeconds };
}

/** Reads a checkpoint's weights alone. @throws UserError where it is missing or damaged. */
export function readCheckpointWeights(artifacts: ArtifactFile, id: string): NamedValues {
  return unprefixed(weightsPrefix, decodeTensors(artifacts.readArtifact(id).data).tensors);
}

/** Puts a learner where a checkpoint was. @throws UserError where it is missing or damaged. */
export function restoreCheckpoint(artifacts: ArtifactFile, id: string, { network, optimizer }: Learner): Position {
  const { tensors, metadata } = decodeTensors(artifacts.readArtifact(id).data);
  network.weights.load(unprefixed(weightsPrefix, tensors));
  optimizer.load(unprefixed(optimizerPrefix, tensors));
  return JSON.parse(metadata.position ?? 'null') as Position;
}

function prefixed(prefix: string, values: NamedValues): NamedValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

function unprefixed(prefix: string, values: NamedValues): NamedValues {
  const own = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}
