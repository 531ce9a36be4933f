/** @file Every kind of image file becomes 8-bit sRGB that stands upright. */
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { colour, newFolder, plain } from './image-folder.ts';
import { readPacked } from './run-import.ts';

/** A picture without symmetry, 24 x 16: top left red, top right green, bottom left blue, bottom right white. */
async function quarters(): Promise<Buffer> {
  const tile = (r: number, g: number, b: number): Promise<Buffer> =>
    sharp({ create: { width: 12, height: 8, channels: 3, background: { r, g, b } } })
      .png()
      .toBuffer();
  return sharp({ create: { width: 24, height: 16, channels: 3, background: '#ffffff' } })
    .composite([
      { input: await tile(255, 0, 0), left: 0, top: 0 },
      { input: await tile(0, 255, 0), left: 12, top: 0 },
      { input: await tile(0, 0, 255), left: 0, top: 8 },
    ])
    .png()
    .toBuffer();
}

/** The middle pixel of the only image. */
async function middleOf(content: Buffer, name: string): Promise<number[]> {
  const folder = newFolder();
  folder.put(name, content);
  const { target } = await folder.importIt();
  const [image] = readPacked(target);
  if (image === undefined) throw new Error('Nothing was packed.');
  const { height, width, pixels } = image;
  const at = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 3;
  return [...pixels.subarray(at, at + 3)];
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, at) => {
    expect(Math.abs(value - (expected[at] ?? NaN))).toBeLessThanOrEqual(tolerance);
  });
}

describe('pixels of image files', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('decodes %s', async (format) => {
    expectNear(await middleOf(await plain().toFormat(format).toBuffer(), `a.${format}`), [200, 40, 90], 6);
  });

  it('judges a file by its content, not its name', async () => {
    expectNear(await middleOf(await plain().webp({ lossless: true }).toBuffer(), 'a.JPG'), [200, 40, 90], 0);
  });

  it('keeps the pixels of a lossless image that is not resized', async () => {
    const raw = Buffer.from(Array.from({ length: 20 * 20 * 3 }, (_, at) => (at * 37) % 256));
    const folder = newFolder();
    folder.put(
      'a.png',
      await sharp(raw, { raw: { width: 20, height: 20, channels: 3 } })
        .png()
        .toBuffer(),
    );
    const { target, dataset } = await folder.importIt();
    expect(Buffer.from(readPacked(target)[0]?.pixels ?? [])).toEqual(raw);
    expect(dataset.imageSize).toBe(20);
  });

  it('turns 16 bits into 8', async () => {
    const wide = Uint16Array.from({ length: 16 * 16 * 3 }, (_, at) => [51_400, 10_280, 23_130][at % 3] ?? 0);
    const png = await sharp(wide, { raw: { width: 16, height: 16, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    expectNear(await middleOf(png, 'a.png'), [200, 40, 90], 1);
  });

  it('turns CMYK into sRGB', async () => {
    const jpeg = await sharp({ create: { width: 16, height: 16, channels: 3, background: { r: 160, g: 120, b: 130 } } })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(jpeg).metadata()).space).toBe('cmyk');
    expectNear(await middleOf(jpeg, 'a.jpg'), [160, 120, 130], 8); // profiles bend colours a little
  });

  it.each([
    ['8-bit', 'b-w'],
    ['16-bit', 'grey16'],
  ])('gives three equal channels to %s grey', async (_, space) => {
    const png = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#808080' } })
      .toColourspace(space)
      .png()
      .toBuffer();
    expect((await sharp(png).metadata()).channels).toBe(1);
    expectNear(await middleOf(png, 'a.png'), [128, 128, 128], 1);
  });

  it('turns a palette into its colours', async () => {
    const png = await plain().png({ palette: true, colours: 4 }).toBuffer();
    expect((await sharp(png).metadata()).isPalette).toBe(true);
    expectNear(await middleOf(png, 'a.png'), [200, 40, 90], 2);
  });

  it.each([
    ['8-bit', 'srgb'],
    ['16-bit', 'rgb16'],
  ])('puts %s transparency on white', async (_, space) => {
    const png = await sharp({
      create: { width: 16, height: 16, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0.5 } },
    })
      .toColourspace(space)
      .png()
      .toBuffer();
    expectNear(await middleOf(png, 'a.png'), [127, 127, 127], 2);
  });

  it('takes the first frame of an animation', async () => {
    const frames = await Promise.all(
      [colour, { r: 0, g: 0, b: 255 }].map((background) =>
        sharp({ create: { width: 16, height: 16, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(gif, { animated: true }).metadata()).pages).toBe(2);
    expectNear(await middleOf(gif, 'a.gif'), [200, 40, 90], 6);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('applies EXIF orientation %i', async (orientation) => {
    const folder = newFolder();
    const picture = await quarters();
    const upright = (): Sharp => sharp(picture);
    // What a camera stores so that, turned by its tag, the picture stands upright again.
    const stored = {
      1: upright(),
      2: upright().flop(),
      3: upright().rotate(180),
      4: upright().flip(),
      5: sharp(await upright().rotate(90).png().toBuffer()).flop(),
      6: upright().rotate(270),
      7: sharp(await upright().rotate(270).png().toBuffer()).flop(),
      8: upright().rotate(90),
    }[orientation];
    if (stored === undefined) throw new Error('There are eight.');
    const turned = await stored.png().toBuffer();
    folder.put(
      'a.jpg',
      await sharp(turned).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).withMetadata({ orientation }).toBuffer(),
    );
    const { target } = await folder.importIt();
    const [image] = readPacked(target);
    expect([image?.width, image?.height]).toEqual([24, 16]);
    const pixel = (x: number, y: number): number[] => [
      ...(image?.pixels.subarray((y * 24 + x) * 3, (y * 24 + x) * 3 + 3) ?? []),
    ];
    expectNear(pixel(3, 2), [255, 0, 0], 8);
    expectNear(pixel(20, 2), [0, 255, 0], 8);
    expectNear(pixel(3, 13), [0, 0, 255], 8);
    expectNear(pixel(20, 13), [255, 255, 255], 8);
  });
});
