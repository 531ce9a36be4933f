/** @file `presets`: the recipes to start from. */
import { presets } from '#shared/configuration/presets.ts';
import { defineCommand } from './command.ts';
import { wrap } from './help.ts';
import { styleFor } from './style.ts';

export const presetsCommand = defineCommand({
  name: 'presets',
  summary: 'List the recipes to start from, with their sources and expected results.',
  options: {},
  run({ terminal }) {
    terminal.result(presets, () => {
      const style = styleFor(terminal.styled);
      return presets
        .flatMap((preset) => [
          `${style.strong(preset.name)}  ${preset.title}`,
          ...wrap(`Source: ${preset.source}`, 98).map((line) => `  ${line}`),
          ...wrap(`Expected: ${preset.expected}`, 98).map((line) => `  ${line}`),
          '',
        ])
        .concat('Take one with: simclr-studio pretrain --dataset D --preset NAME')
        .join('\n');
    });
    return Promise.resolve(0);
  },
});
