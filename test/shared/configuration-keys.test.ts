import { describe, expect, it } from 'vitest';
import {
  allowedValues,
  completeConfiguration,
  configurationKeys,
  findKey,
  parseValue,
  valueAt,
  withValue,
} from '#shared/configuration/keys.ts';
import { presets } from '#shared/configuration/presets.ts';
import { UserError } from '#shared/errors.ts';

function refusal(attempt: () => unknown): UserError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('configuration keys', () => {
  it('name every setting of a run', () => {
    const named = configurationKeys.map(({ name }) => name);
    expect(named).toEqual(
      expect.arrayContaining([
        'epochs',
        'batchSize',
        'temperature',
        'seed',
        'limitImages',
        'encoder.architecture',
        'encoder.widthMultiplier',
        'encoder.stem',
        'encoder.zeroGamma',
        'projection.hiddenWidths',
        'projection.outputWidth',
        'projection.batchNorm',
        'optimizer.name',
        'optimizer.learningRate',
        'optimizer.learningRateScaling',
        'optimizer.weightDecay',
        'optimizer.momentum',
        'optimizer.larsEta',
        'schedule.warmupEpochs',
        'augmentation.cropScaleMin',
        'augmentation.colorStrength',
        'augmentation.colorProbability',
        'augmentation.grayscaleProbability',
        'augmentation.blurProbability',
        'augmentation.flipProbability',
        'augmentation.interpolation',
        'normalization',
        'checkpoint.everyEpochs',
        'checkpoint.everyMinutes',
        'monitor.knnEveryEpochs',
        'monitor.knnK',
        'monitor.knnTemperature',
        'validationFraction',
        'workers',
      ]),
    );
    expect(new Set(named).size).toBe(named.length);
  });

  it('have a title, help and a group each, and a default that they accept', () => {
    for (const { name, help, schema, defaultValue } of configurationKeys) {
      expect(help.title, name).not.toBe('');
      expect(help.help, name).not.toBe('');
      expect(help.group, name).not.toBe('');
      expect(schema.parse(defaultValue), name).toEqual(defaultValue);
    }
  });

  it('are found by dotted name and by flag', () => {
    expect(findKey('optimizer.learningRate').flag).toBe('optimizer-learning-rate');
    expect(findKey('optimizer-learning-rate').name).toBe('optimizer.learningRate');
  });

  it.each([
    ['learningrate', 'optimizer.learningRate'],
    ['batchsize', 'batchSize'],
    ['optimiser.momentum', 'optimizer.momentum'],
    ['temprature', 'temperature'],
    ['epoch', 'epochs'],
  ])('"%s" is refused with "%s" as the nearest', (typed, meant) => {
    expect(refusal(() => findKey(typed))).toMatchObject({ kind: 'usage', hint: `Did you mean "${meant}"?` });
  });
});

describe('values typed for a key', () => {
  it.each([
    ['epochs', '12', 12],
    ['temperature', '0.07', 0.07],
    ['encoder.zeroGamma', 'false', false],
    ['encoder.widthMultiplier', '4', 4],
    ['projection.hiddenWidths', '512,256', [512, 256]],
    ['projection.hiddenWidths', '', []],
    ['optimizer.name', 'sgd', 'sgd'],
    ['optimizer.weightDecay', '1e-6', 1e-6],
  ])('%s takes "%s"', (name, text, value) => {
    expect(parseValue(findKey(name), text)).toEqual(value);
  });

  it.each([
    ['epochs', '1.5', 'a whole number, at least 1'],
    ['epochs', 'many', 'a whole number'],
    ['epochs', '', 'a whole number'],
    ['temperature', '0', 'at least 0.001'],
    ['temperature', 'NaN', 'a number'],
    ['optimizer.momentum', '1', 'less than 1'],
    ['optimizer.name', 'adam', 'one of lars, sgd, adamw'],
    ['encoder.widthMultiplier', '3', 'one of 1, 2, 4'],
    ['encoder.zeroGamma', 'yes', 'true or false'],
  ])('%s refuses "%s", saying what it takes', (name, text, range) => {
    expect(refusal(() => parseValue(findKey(name), text)).hint).toContain(range);
  });

  it('are described with both ends of their range', () => {
    expect(allowedValues(findKey('validationFraction'))).toBe('a number, at least 0, at most 0.5');
  });
});

describe('a whole configuration', () => {
  it('is completed by the paper’s defaults', () => {
    const configuration = completeConfiguration({});
    expect(configuration.augmentation.cropScaleMin).toBe(0.08);
    expect(configuration.optimizer).toMatchObject({ name: 'lars', momentum: 0.9, weightDecay: 1e-6, larsEta: 0.001 });
  });

  it('is refused with an unknown key, naming the nearest', () => {
    expect(refusal(() => completeConfiguration({ optimizer: { learningrate: 1 } })).line).toContain(
      'optimizer.learningRate',
    );
  });

  it('is refused with a value out of range, naming key, value and range', () => {
    expect(refusal(() => completeConfiguration({ batchSize: 1 })).line).toMatch(
      /^1 is not a value for batchSize.*at least 2/,
    );
  });

  it('reads and sets values by dotted names without touching the original', () => {
    const original = { optimizer: { learningRate: 1 } };
    const changed = withValue(original, 'optimizer.learningRate', 2);
    expect([valueAt(original, 'optimizer.learningRate'), valueAt(changed, 'optimizer.learningRate')]).toEqual([1, 2]);
  });
});

describe('presets', () => {
  it.each(presets.map((preset) => [preset.name, preset] as const))(
    '%s is a valid configuration with its source',
    (_, preset) => {
      expect(() => completeConfiguration(preset.configuration)).not.toThrow();
      expect(preset.source).not.toBe('');
      expect(preset.expected).not.toBe('');
    },
  );
});
