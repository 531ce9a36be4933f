#!/usr/bin/env node
/** @file The command `simclr-studio`: set-up if something is missing, then the terminal program on Node 24. */
import { entry } from './runtime/entry.mjs';
import { launch } from './runtime/launch.mjs';

await entry((releaseSignals) => launch(process.argv.slice(2), releaseSignals));
