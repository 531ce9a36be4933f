/** @file `evaluate`: judges the frozen features of a run. */
import { UserError } from '#shared/errors.ts';
import type { Protocol } from '#shared/evaluation.ts';
import { chooseBackend } from '../backends/choose-backend.ts';
import { withEngineLibrary } from '../runs/open-engine-library.ts';
import { backendOptions, backendRequest, readCount } from './backend-options.ts';
import { defineCommand } from './command.ts';
import { runText } from './run-text.ts';
import { styleFor } from './style.ts';
import { watchEvaluation } from './watch-evaluation.ts';

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  summary: 'Judge a run by kNN and linear probe beside raw pixels and an untrained encoder.',
  operands: 'RUN',
  operandCount: [1, 1],
  options: {
    knn: { type: 'switch', help: 'k nearest neighbours by cosine, weighted by exp(similarity / temperature).' },
    linear: {
      type: 'switch',
      help: 'Logistic regression to convergence, its strength chosen on the validation split.',
    },
    dataset: { type: 'text', value: 'DATASET', help: 'Labelled images to judge on; the run’s own unless told.' },
    checkpoint: { type: 'text', value: 'ID', help: 'Which checkpoint; the newest unless told.' },
    'knn-k': { type: 'text', value: 'K', help: 'Neighbours that vote; the run’s monitor.knnK unless told.' },
    'knn-temperature': { type: 'text', value: 'T', help: 'The run’s monitor.knnTemperature unless told.' },
    ...backendOptions,
  },
  notes: [
    'Without --knn and --linear both are done. Fitted on training and validation images, reported on test images. The same protocol, checkpoint, dataset and settings again replace the earlier result.',
  ],
  examples: ['evaluate tiny-cifar10', 'evaluate tiny-cifar10 --knn --knn-k 10'],
  async run({ options, operands, library, terminal }) {
    const asked = (['knn', 'linear'] as const).filter((protocol) => options[protocol] === true);
    const protocols: readonly Protocol[] = asked.length === 0 ? ['knn', 'linear'] : asked;
    const k = readCount('knn-k', options['knn-k']);
    const temperature = readTemperature(options['knn-temperature']);
    const backendAsked = backendRequest(options);
    return withEngineLibrary(library, async (opened) => {
      const run = opened.resolveRun(operands[0] ?? '');
      const request = {
        run,
        protocols,
        checkpoint: options.checkpoint,
        dataset: options.dataset,
        knn: { ...(k === undefined ? {} : { k }), ...(temperature === undefined ? {} : { temperature }) },
        backend: await chooseBackend(backendAsked),
      };
      const exitCode = await watchEvaluation(opened, request, terminal);
      const view = opened.runView(run);
      terminal.result(view, () => runText(view, styleFor(terminal.styled)));
      return exitCode;
    });
  },
});

function readTemperature(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= 0.001 && value <= 100) return value;
  throw new UserError(
    `"${text}" is not a value for --knn-temperature.`,
    'It takes a number from 0.001 to 100.',
    'usage',
  );
}
