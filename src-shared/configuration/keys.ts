/** @file Configuration keys as people type them: dotted names, kebab-case flags, and the nearest one to a mistake. */
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { configurationSchema, type Configuration, type ConfigurationInput, type KeyHelp } from './schema.ts';

/** One settable key. */
export interface ConfigurationKey {
  /** Dotted, such as `optimizer.learningRate`. */
  name: string;
  /** Kebab-case, such as `optimizer-learning-rate`. */
  flag: string;
  schema: z.ZodType;
  /** Without default and wrappers. */
  inner: z.ZodType;
  defaultValue: unknown;
  help: KeyHelp;
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

function collect(schema: z.ZodObject, prefix: string): ConfigurationKey[] {
  return Object.entries(schema.shape).flatMap(([part, value]) => {
    const name = `${prefix}${part}`;
    const inner = unwrap(value as z.ZodType);
    if (inner instanceof z.ZodObject) return collect(inner, `${name}.`);
    const wrapped = value as z.ZodType;
    return [
      {
        name,
        flag: flagOf(name),
        schema: wrapped,
        inner,
        defaultValue: wrapped.parse(undefined),
        help: wrapped.meta() as unknown as KeyHelp,
      },
    ];
  });
}

/** `optimizer.learningRate` as `optimizer-learning-rate`. */
function flagOf(name: string): string {
  return name.replaceAll('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Every key, in the schema's order. */
export const configurationKeys: readonly ConfigurationKey[] = collect(configurationSchema, '');

const byName = new Map(configurationKeys.map((key) => [key.name, key]));
const byFlag = new Map(configurationKeys.map((key) => [key.flag, key]));

/** The one of `known` that looks most like `typed`. */
export function nearest(typed: string, known: readonly string[]): string {
  const lower = typed.toLowerCase();
  const score = (name: string): number => {
    const last = name.slice(name.lastIndexOf('.') + 1);
    return Math.min(distance(lower, name.toLowerCase()), distance(lower, last.toLowerCase()) + 0.5);
  };
  return known.reduce((best, name) => (score(name) < score(best) ? name : best));
}

/** What a key accepts, in words: `a whole number, at least 2, at most 65536`. */
export function allowedValues(key: ConfigurationKey): string {
  return describe(key.inner);
}

function describe(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.join(', ')}`;
  if (schema instanceof z.ZodUnion)
    return `one of ${schema.options.map((each) => describe(each as z.ZodType)).join(', ')}`;
  if (schema instanceof z.ZodLiteral) return [...schema.values].join(', ');
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodArray) return `a comma-separated list, each ${describe(schema.element as z.ZodType)}`;
  if (schema instanceof z.ZodNumber) return describeNumber(schema);
  return 'a value';
}

function describeNumber(schema: z.ZodNumber): string {
  const json = z.toJSONSchema(schema) as Partial<Record<string, number | string>>;
  return [
    json.type === 'integer' ? 'a whole number' : 'a number',
    json.minimum === undefined ? '' : `at least ${json.minimum}`,
    json.exclusiveMinimum === undefined ? '' : `greater than ${json.exclusiveMinimum}`,
    json.maximum === undefined ? '' : `at most ${json.maximum}`,
    json.exclusiveMaximum === undefined ? '' : `less than ${json.exclusiveMaximum}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** Finds a key by its dotted name or its flag. @throws UserError naming the nearest key. */
export function findKey(typed: string): ConfigurationKey {
  const key = byName.get(typed) ?? byFlag.get(typed) ?? byFlag.get(flagOf(typed));
  if (key !== undefined) return key;
  throw new UserError(
    `There is no configuration key "${typed}".`,
    `Did you mean "${nearest(typed, [...byName.keys()])}"?`,
    'usage',
  );
}

/** Reads a typed value for a key. @throws UserError with the allowed range. */
export function parseValue(key: ConfigurationKey, text: string): unknown {
  const value = fromText(key.inner, text.trim());
  const parsed = key.schema.safeParse(value);
  if (value !== undefined && parsed.success) return parsed.data;
  throw new UserError(`"${text}" is not a value for ${key.name}.`, `It takes ${allowedValues(key)}.`, 'usage');
}

function fromText(schema: z.ZodType, text: string): unknown {
  if (schema instanceof z.ZodArray) {
    return text === '' ? [] : text.split(',').map((part) => fromText(schema.element as z.ZodType, part.trim()));
  }
  if (schema instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : undefined;
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodUnion) return text === '' ? undefined : Number(text);
  return text;
}

/** The value a configuration has at a dotted name. */
export function valueAt(configuration: object, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], configuration);
}

/** A copy of the input with a value set at a dotted name. */
export function withValue(configuration: ConfigurationInput, name: string, value: unknown): ConfigurationInput {
  const copy = structuredClone(configuration) as Record<string, unknown>;
  const parts = name.split('.');
  const last = parts.pop() as string; // split never gives an empty array
  const owner = parts.reduce((at, part) => (at[part] = (at[part] ?? {}) as Record<string, unknown>), copy);
  owner[last] = value;
  return copy;
}

/** Completes and checks a configuration. @throws UserError naming the first wrong key and what it takes. */
export function completeConfiguration(input: unknown): Configuration {
  const parsed = configurationSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    findKey([...issue.path, issue.keys[0] ?? ''].join('.'));
  }
  const key = byName.get(path);
  const hint = key === undefined ? (issue?.message ?? '') : `It takes ${allowedValues(key)}.`;
  const value = valueAt(input as object, path);
  const given = value === undefined ? 'nothing' : JSON.stringify(value);
  throw new UserError(`${given} is not a value for ${path === '' ? 'a configuration' : path}.`, hint, 'usage');
}
