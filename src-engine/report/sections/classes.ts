/** @file How the probe does on each class, and what it takes for what. */
import type { EvaluationView } from '#shared/evaluation.ts';
import { findEvaluation } from '../chosen-evaluations.ts';
import { count, percent } from '../formatting.ts';
import { html, type Html } from '../html.ts';
import type { ReportInput } from '../report-input.ts';

/** Classes up to which the matrix is a table with numbers, and beyond which it is not drawn at all. */
const tabulated = 20;
const drawn = 200;

export function classesSection({ run }: ReportInput): Html | null {
  const probe =
    findEvaluation(run.evaluations, 'linear', 'pretrained') ?? findEvaluation(run.evaluations, 'knn', 'pretrained');
  if (probe === undefined || probe.classes.length === 0) return null;
  const size = probe.classes.length;
  const title = probe.protocol === 'linear' ? 'Classes, by the linear probe' : 'Classes, by kNN';
  return html`<section>
    <h2>${title}</h2>
    <div class="classes${size > tabulated ? ' many' : ''}">
      ${perClass(probe)} ${size <= tabulated ? matrixTable(probe) : size <= drawn && matrixPicture(probe)}
      ${confusions(probe)}
    </div>
  </section>`;
}

const sum = (row: readonly number[]) => row.reduce((total, each) => total + each, 0);

function perClass({ classes, perClass: shares, confusion, top1 }: EvaluationView): Html {
  const rows = classes.map((name, at) => ({ name, share: shares[at] ?? NaN, images: sum(confusion[at] ?? []) }));
  return html`<figure class="bars per-class">
    <h3>Accuracy by class<small>line: all classes, ${percent(top1)}</small></h3>
    <div class="list">
      ${rows.map(({ name, share, images }) => {
        const known = images > 0;
        const width = known ? (share * 100).toFixed(1) : '0';
        return html`<div class="bar main" title="${name}: ${count(images)} images">
          <span class="name">${name}</span>
          <span class="track"
            ><i class="fill" style="width:${width}%"></i><i class="mean" style="left:${(top1 * 100).toFixed(1)}%"></i
          ></span>
          <span class="value">${known ? percent(share) : 'no image'}</span>
        </div>`;
      })}
    </div>
  </figure>`;
}

function matrixTable({ classes, confusion }: EvaluationView): Html {
  return html`<figure class="confusion">
    <h3>Confusion matrix<small>% of each actual class (rows), by predicted class (columns)</small></h3>
    <div class="scroll">
      <table class="matrix">
        <thead>
          <tr>
            <th></th>
            ${classes.map((name) => html`<th scope="col"><span>${name}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${confusion.map((row, actual) => {
            const total = sum(row);
            return html`<tr>
              <th scope="row">${classes[actual]}</th>
              ${row.map((each, predicted) => {
                const share = total > 0 ? each / total : 0;
                const label = `${classes[actual] ?? ''} taken for ${classes[predicted] ?? ''}: ${count(each)} of ${count(total)}`;
                const strong = share > 0.75 ? ' strong' : '';
                return html`<td
                  class="${actual === predicted ? 'right' : 'wrong'}${strong}"
                  style="--share:${(share * 100).toFixed(1)}%"
                  title="${label}"
                >
                  ${share >= 0.005 ? Math.round(share * 100) : ''}
                </td>`;
              })}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </figure>`;
}

function matrixPicture({ classes, confusion }: EvaluationView): Html {
  const cells = confusion.flatMap((row, actual) => {
    const total = sum(row);
    return row.flatMap((each, predicted) => {
      const share = total > 0 ? each / total : 0;
      if (share < 0.005) return [];
      return html`<rect
        x="${predicted}"
        y="${actual}"
        width="1"
        height="1"
        class="${actual === predicted ? 'right' : 'wrong'}"
        fill-opacity="${Math.max(0.08, share).toFixed(2)}"
      />`;
    });
  });
  return html`<figure class="confusion">
    <h3>Confusion matrix<small>rows: actual, columns: predicted, in the order of the classes</small></h3>
    <svg
      class="heat"
      viewBox="0 0 ${classes.length} ${classes.length}"
      role="img"
      aria-label="Confusion matrix of ${classes.length} classes"
    >
      ${cells}
    </svg>
  </figure>`;
}

/** The most frequent mistakes, as shares of the actual class. */
function confusions({ classes, confusion }: EvaluationView): Html | null {
  const mistakes = confusion.flatMap((row, actual) => {
    const total = sum(row);
    return row.flatMap((each, predicted) =>
      predicted === actual || each === 0 ? [] : [{ actual, predicted, share: each / total }],
    );
  });
  if (mistakes.length === 0) return null;
  const worst = mistakes.sort((a, b) => b.share - a.share).slice(0, 8);
  return html`<figure class="mistakes">
    <h3>Most frequent mistakes</h3>
    <ol>
      ${worst.map(
        ({ actual, predicted, share }) =>
          html`<li>
            <span>${classes[actual]} <i>taken for</i> ${classes[predicted]}</span><b>${percent(share)}</b>
          </li>`,
      )}
    </ol>
  </figure>`;
}
