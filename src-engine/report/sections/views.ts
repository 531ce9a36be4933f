/** @file Pairs of augmented views, as the encoder saw them. */
import sharp from 'sharp';
import type { Picture } from '#shared/compute-protocol.ts';
import { html, type Html } from '../html.ts';
import type { ReportInput, ViewPair } from '../report-input.ts';

/** Longest side of a picture in the report. */
const mostPixels = 160;

export async function viewsSection({ pairs }: ReportInput): Promise<Html | null> {
  if (pairs.length === 0) return null;
  const drawn = await Promise.all(pairs.map(drawPair));
  return html`<section>
    <h2>Augmented views</h2>
    <div class="views">${drawn}</div>
    <p class="note">
      Each triple: an image as stored, then two views drawn from it as in training. The encoder learns to tell that the
      two belong together.
    </p>
  </section>`;
}

async function drawPair({ original, first, second }: ViewPair): Promise<Html> {
  const [stored, one, two] = await Promise.all([original, first, second].map(dataUri));
  return html`<figure class="triple">
    <img src="${stored}" alt="Image as stored" /><img src="${one}" alt="First view" /><img
      src="${two}"
      alt="Second view"
    />
  </figure>`;
}

async function dataUri({ width, height, rgb }: Picture): Promise<string> {
  const pixels = sharp(Buffer.from(rgb, 'base64'), { raw: { width, height, channels: 3 } });
  const fitted =
    Math.max(width, height) > mostPixels ? pixels.resize(mostPixels, mostPixels, { fit: 'inside' }) : pixels;
  return `data:image/png;base64,${(await fitted.png({ compressionLevel: 9 }).toBuffer()).toString('base64')}`;
}
