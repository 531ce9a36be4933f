/** @file What frozen features are worth: bars with intervals, and every number with its settings. */
import type { EvaluationView, Protocol } from '#shared/evaluation.ts';
import { encoderNames, newestEvaluations, protocolNames } from '../chosen-evaluations.ts';
import { count, decimal, duration, percent } from '../formatting.ts';
import { html, type Html } from '../html.ts';
import type { ReportInput } from '../report-input.ts';

export function evaluationSection({ run }: ReportInput): Html | null {
  const shown = newestEvaluations(run.evaluations);
  if (shown.length === 0) return null;
  const protocols = (Object.keys(protocolNames) as Protocol[]).filter((name) =>
    shown.some((each) => each.protocol === name),
  );
  const first = shown[0] as EvaluationView; // not empty
  return html`<section>
    <h2>Evaluation of frozen features</h2>
    <div class="panels">
      ${protocols.map((protocol) =>
        bars(
          protocolNames[protocol],
          shown.filter((each) => each.protocol === protocol),
        ),
      )}
    </div>
    <div class="scroll">
      <table class="numbers">
        <thead>
          <tr>
            <th>Protocol</th>
            <th>Features</th>
            <th class="n">Top-1</th>
            <th class="n">95 % interval</th>
            <th class="n">Width</th>
            <th class="n">Fitted on</th>
            <th class="n">Tested on</th>
            <th>Settings</th>
            <th class="n">Time</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(row)}
        </tbody>
      </table>
    </div>
    <p class="note">
      Encoders stay frozen, in evaluation mode. Classifiers are fitted on training and validation images together and
      judged on the ${first.split} split; intervals are percentiles of ${count(first.settings.bootstrapSamples)}
      bootstrap resamples of its images. ${checkpointNote(run.checkpoints, shown)}
    </p>
  </section>`;
}

function checkpointNote(checkpoints: ReportInput['run']['checkpoints'], shown: readonly EvaluationView[]): string {
  const used = shown.find((each) => each.encoder === 'pretrained')?.checkpointId;
  const checkpoint = checkpoints.find(({ id }) => id === used);
  return checkpoint === undefined ? '' : `Pretrained: the checkpoint of epoch ${count(checkpoint.epoch)}.`;
}

/** Bars from 0, with the interval drawn as a whisker. All bars of a panel share one scale. */
function bars(title: string, shown: readonly EvaluationView[]): Html {
  const end = Math.min(1, Math.ceil(Math.max(...shown.map(({ high }) => high), 0.1) * 10 + 0.5) / 10);
  const at = (share: number) => `${Math.max(0, Math.min(100, (100 * share) / end)).toFixed(2)}%`;
  const ticks = Array.from({ length: Math.round(end * 10) + 1 }, (_, tenth) => tenth / 10).filter(
    (_, tenth) => end <= 0.6 || tenth % 2 === 0,
  );
  return html`<figure class="bars">
    <h3>${title}</h3>
    ${shown.map(
      ({ encoder, top1, low, high }) =>
        html`<div class="bar${encoder === 'pretrained' ? ' main' : ''}">
          <span class="name">${encoderNames[encoder]}</span>
          <span class="track"
            ><i class="fill" style="width:${at(top1)}"></i>
            <i class="whisker" style="left:${at(low)};right:calc(100% - ${at(high)})"></i
          ></span>
          <span class="value">${percent(top1)}</span>
        </div>`,
    )}
    <div class="bar scale">
      <span class="name"></span
      ><span class="track">
        ${ticks.map((tick) => html`<i style="left:${at(tick)}">${Math.round(tick * 100)}</i>`)}</span
      ><span class="value">%</span>
    </div>
  </figure>`;
}

function row(evaluation: EvaluationView): Html {
  const { protocol, encoder, top1, low, high, settings, seconds } = evaluation;
  return html`<tr class="${encoder === 'pretrained' ? 'main' : ''}">
    <td>${protocolNames[protocol]}</td>
    <td>${encoderNames[encoder]}</td>
    <td class="n"><b>${percent(top1)}</b></td>
    <td class="n">${percent(low)} – ${percent(high)}</td>
    <td class="n">${count(settings.featureWidth)}</td>
    <td class="n">${count(settings.fitImages)}</td>
    <td class="n">${count(settings.testImages)}</td>
    <td class="wrap">${settingsText(evaluation)}</td>
    <td class="n">${duration(seconds)}</td>
  </tr>`;
}

function settingsText({ settings: { knn, linear, validationImages } }: EvaluationView): string {
  if (knn !== undefined) return `k ${count(knn.k)}, T ${decimal(knn.temperature)}, ${knn.metric}`;
  if (linear === undefined) return '';
  const end = linear.converged ? `converged in ${count(linear.iterations)} iterations` : 'did not converge';
  return (
    `${linear.solver}, λ ${decimal(linear.lambda)} of ${linear.lambdas.length} tried ` +
    `(${percent(linear.validationTop1)} on ${count(validationImages)} validation images), ${end}`
  );
}
