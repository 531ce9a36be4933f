/** @file Describes the machine and versions a run was made with. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import type { BackendChoice } from '#shared/compute-protocol.ts';
import type { RunEnvironment } from '#shared/run.ts';
import type { Backend } from '../backend/backend.ts';

/** The environment of this process with a backend. */
export function describeEnvironment(backend: Backend, choice: BackendChoice): RunEnvironment {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return {
    studio: manifest.version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    backend: backend.name,
    backendVersion: backend.version,
    device: backend.device,
    threads: backend.threads,
    passedOver: choice.passedOver,
  };
}
