/** @file Every setting of the run, those that differ from its preset marked. */
import { configurationKeys, valueAt, type ConfigurationKey } from '#shared/configuration/keys.ts';
import { presets } from '#shared/configuration/presets.ts';
import { configurationDifferences } from '../../runs/configuration-differences.ts';
import { decimal } from '../formatting.ts';
import { html, type Html } from '../html.ts';
import type { ReportInput } from '../report-input.ts';

export function settingsSection({ run }: ReportInput): Html {
  const preset = presets.find(({ name }) => name === run.preset);
  const differences = new Map(configurationDifferences(run.config, run.preset).map(({ key, was }) => [key, was]));
  const base = preset === undefined ? 'the paper’s defaults' : `the preset ${preset.name}`;
  const groups = Map.groupBy(configurationKeys, ({ help }) => help.group);
  const setting = (key: ConfigurationKey) => {
    const differs = differences.has(key.name);
    return html`<tr class="${differs ? 'differs' : ''}">
      <th scope="row">${key.name}</th>
      <td>
        ${valueText(valueAt(run.config, key.name))}${differs && html`<small>was ${valueText(differences.get(key.name))}</small>`}
      </td>
    </tr>`;
  };
  return html`<section>
    <h2>Settings</h2>
    <p class="note lead">
      ${differences.size === 0 ? `All as in ${base}.` : `Marked: ${differences.size} that differ from ${base}.`}
      ${preset && html`<span class="recipe"><b>Recipe.</b> ${preset.source} <b>Expected.</b> ${preset.expected}</span>`}
    </p>
    <div class="columns">
      ${[...groups].map(
        ([name, keys]) =>
          html`<table class="facts-table">
            <caption>
              ${name}
            </caption>
            <tbody>
              ${keys.map(setting)}
            </tbody>
          </table>`,
      )}
    </div>
  </section>`;
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? value.toLocaleString('en-GB') : decimal(value, 6);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
