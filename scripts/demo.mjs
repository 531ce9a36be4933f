/** @file `npm run demo`: set-up, then pretraining on CIFAR-10 with its evaluation and report. */
import { entry } from './runtime/entry.mjs';
import { launch } from './runtime/launch.mjs';

await entry((releaseSignals) => launch(['demo', ...process.argv.slice(2)], releaseSignals));
