import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cacheFolder } from '../../scripts/runtime/cache-folder.mjs';
import { checkout, freshEnvironment, freshFolder, runScript, startScript } from './stand-in/run-script.ts';

/** A checkout with our scripts and packages, whose terminal program only notes what reaches it. */
const root = freshFolder();
const notes = path.join(root, 'notes');
const program = `
import fs from 'node:fs';
const note = (text) => fs.appendFileSync(process.env.NOTES, text + '\\n');
const [what = '', ...rest] = process.argv.slice(2);
if (what === 'wait') {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => note(signal));
  process.on('SIGTERM', () => process.exit(7));
  setInterval(() => undefined, 1000);
} else if (what === 'die') process.kill(process.pid, 'SIGKILL');
else console.log(JSON.stringify({ node: process.versions.node, what, rest, execArgv: process.execArgv }));
note('ready');
process.exitCode = 3;
`;

beforeAll(() => {
  fs.cpSync(path.join(checkout, 'scripts'), path.join(root, 'scripts'), { recursive: true });
  fs.symlinkSync(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
  fs.mkdirSync(path.join(root, 'src-engine', 'cli'), { recursive: true });
  fs.writeFileSync(path.join(root, 'package.json'), '{"type": "module"}');
  fs.writeFileSync(path.join(root, 'src-engine', 'cli', 'main.ts'), program);
});

afterAll(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  fs.rmSync(notes, { force: true });
  // With the runtime that is installed already, the set-up has nothing to do.
  return freshEnvironment(root, root, { SIMCLR_STUDIO_CACHE: cacheFolder(), NOTES: notes, ...more });
}

function noted(): string[] {
  return fs.existsSync(notes) ? fs.readFileSync(notes, 'utf8').trim().split('\n') : [];
}

async function until(line: string): Promise<void> {
  while (!noted().includes(line)) await sleep(10);
}

it('runs the terminal program on Node 24 with the arguments as they are, and ends with its exit code', async () => {
  const args = ['runs', 'list', '--name', 'a b', '--json', ''];
  const result = await runScript('scripts/simclr-studio.mjs', args, environment(), { root });
  expect(result).toMatchObject({ code: 3, stderr: '' });
  const said = JSON.parse(result.stdout) as { node: string; what: string; rest: string[]; execArgv: string[] };
  expect(said).toMatchObject({ what: 'runs', rest: args.slice(1) });
  expect(Number(said.node.split('.')[0])).toBeGreaterThanOrEqual(24);
  // What the launcher preloads must not reach the processes that the program starts.
  expect(said.execArgv.join(' ')).not.toContain('follow-parent');
});

it('puts the demo first among the arguments of npm run demo', async () => {
  const result = await runScript('scripts/demo.mjs', ['--epochs', '1'], environment(), { root });
  expect(JSON.parse(result.stdout)).toMatchObject({ what: 'demo', rest: ['--epochs', '1'] });
});

it('passes an interrupt of the whole terminal group on exactly once', async () => {
  const { child, done } = startScript('scripts/simclr-studio.mjs', ['wait'], environment(), { root });
  await until('ready');
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await until('SIGINT');
  child.kill('SIGTERM');
  expect((await done).code).toBe(7);
  expect(noted()).toEqual(['ready', 'SIGINT', 'SIGTERM']);
});

it('takes the interrupt that npm repeats for one, and a second one for a second', async () => {
  const env = environment({ npm_lifecycle_event: 'cli' });
  const { child, done } = startScript('scripts/simclr-studio.mjs', ['wait'], env, { root });
  await until('ready');
  child.kill('SIGINT');
  await sleep(20);
  child.kill('SIGINT');
  await sleep(1000);
  child.kill('SIGINT');
  await sleep(200);
  child.kill('SIGTERM');
  await done;
  expect(noted()).toEqual(['ready', 'SIGINT', 'SIGINT', 'SIGTERM']);
});

it('dies of the signal that its program died of', async () => {
  const result = await runScript('scripts/simclr-studio.mjs', ['die'], environment(), { root });
  expect(result).toMatchObject({ code: null, signal: 'SIGKILL' });
});

it('stops its program when it is killed itself', async () => {
  const { child, done } = startScript('scripts/simclr-studio.mjs', ['wait'], environment(), { root });
  await until('ready');
  child.kill('SIGKILL');
  await done;
  await until('SIGTERM');
});

it('says that the window is still to come', async () => {
  const result = await runScript('scripts/start.mjs', [], environment(), { root });
  expect(result.code).toBe(0);
  expect(result.stdout).toMatch(/^The window is not built yet; .*npm run demo.*\n$/);
});

it('names the benchmarks where another is asked for', async () => {
  const result = await runScript('scripts/bench.mjs', ['speed'], environment(), { root });
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toMatch(/^simclr-studio: There is no benchmark "speed"\. .*\n$/);
});
