/** @file Every command there is, each loaded when asked for. */
import type { LazyCommand } from './run-command.ts';

/** In the order of the help. */
export const commands: readonly LazyCommand[] = [
  {
    name: 'demo',
    summary: 'Pretrain a small encoder on CIFAR-10, judge it and write a report.',
    load: async () => (await import('./demo.ts')).demoCommand,
  },
  {
    name: 'doctor',
    summary: 'Show what this machine can compute with, and why not with more.',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'datasets',
    summary: 'Add, list, show, verify and remove datasets.',
    load: async () => (await import('./datasets.ts')).datasetsCommand,
  },
  {
    name: 'presets',
    summary: 'List the recipes to start from, with their sources and expected results.',
    load: async () => (await import('./presets.ts')).presetsCommand,
  },
  {
    name: 'pretrain',
    summary: 'Pretrain an encoder with SimCLR, or resume a run.',
    load: async () => (await import('./pretrain.ts')).pretrainCommand,
  },
  {
    name: 'evaluate',
    summary: 'Judge a run by kNN and linear probe beside raw pixels and an untrained encoder.',
    load: async () => (await import('./evaluate.ts')).evaluateCommand,
  },
  {
    name: 'runs',
    summary: 'List, show and delete runs.',
    load: async () => (await import('./runs.ts')).runsCommand,
  },
];
