import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkout, freshEnvironment, freshFolder, runScript, type ScriptResult } from './stand-in/run-script.ts';

/** A checkout with our scripts whose only package comes from a file beside it. */
const root = freshFolder();
const home = path.join(root, 'home');
const project = path.join(root, 'checkout');
const installed = path.join(project, 'node_modules', 'only-package', 'package.json');

beforeAll(() => {
  fs.mkdirSync(home);
  fs.mkdirSync(project);
  fs.cpSync(path.join(checkout, 'scripts'), path.join(project, 'scripts'), { recursive: true });
  fs.copyFileSync(path.join(checkout, '.npmrc'), path.join(project, '.npmrc'));
  fs.mkdirSync(path.join(root, 'only-package'));
  publish('1.0.0');
});

afterAll(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

/** Packs the package in a version and makes the lock file ask for it. Its install script must never run. */
function publish(version: string): void {
  const npm = {
    cwd: root,
    env: { ...freshEnvironment(home, root), npm_config_offline: 'true', npm_config_loglevel: 'silent' },
    encoding: 'utf8',
  } as const;
  fs.writeFileSync(
    path.join(root, 'only-package', 'package.json'),
    JSON.stringify({ name: 'only-package', version, scripts: { postinstall: 'exit 1' } }),
  );
  // Locked where nothing is installed yet, as npm keeps what it finds.
  const author = path.join(root, `author-${version}`);
  fs.mkdirSync(author);
  execFileSync('npm', ['pack', './only-package', '--pack-destination', author], npm);
  fs.writeFileSync(
    path.join(author, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { 'only-package': `file:only-package-${version}.tgz` } }),
  );
  execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts'], { ...npm, cwd: author });
  fs.cpSync(author, project, { recursive: true });
}

/** With the Node 24 that runs this test, and no Python: only the packages matter here. */
function setUp(script = 'scripts/start.mjs'): Promise<ScriptResult> {
  const folder = path.join(root, 'bin');
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(folder);
    fs.symlinkSync(process.execPath, path.join(folder, 'node'));
    for (const name of ['npm', 'sh', 'env']) fs.symlinkSync(which(name), path.join(folder, name));
  }
  const env = freshEnvironment(home, root, { PATH: folder, npm_config_offline: 'true' });
  return runScript(script, [], env, { node: process.execPath, root: project });
}

function which(name: string): string {
  return fs.realpathSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim());
}

it('installs the packages of a fresh checkout with an empty home, saying so before', async () => {
  const first = await setUp();
  expect(first.stderr).toMatch(/npm packages: about 250 MB to download, 770 MB in \S+node_modules/);
  expect(first.code).toBe(0);
  expect(fs.existsSync(installed)).toBe(true);
});

it('installs nothing when nothing changed', async () => {
  expect(await setUp()).toMatchObject({ code: 0, stderr: '' });
});

it('takes packages that were installed by hand as they are', async () => {
  fs.rmSync(path.join(project, 'node_modules', '.simclr-studio-stamp'));
  expect(await setUp()).toMatchObject({ code: 0, stderr: '' });
});

it('installs again where a package has gone with the stamp', async () => {
  fs.rmSync(path.join(project, 'node_modules', '.simclr-studio-stamp'));
  fs.rmSync(path.dirname(installed), { recursive: true });
  expect((await setUp()).stderr).toContain('npm packages');
  expect(fs.existsSync(installed)).toBe(true);
});

it('installs again when the lock file asks for another version', async () => {
  publish('1.0.1');
  expect((await setUp()).stderr).toContain('npm packages');
  expect(JSON.parse(fs.readFileSync(installed, 'utf8'))).toMatchObject({ version: '1.0.1' });
});

it('says in one line that npm failed', async () => {
  publish('1.0.2');
  // npm has the real one in its cache by now: ask for another.
  const lock = path.join(project, 'package-lock.json');
  fs.writeFileSync(lock, fs.readFileSync(lock, 'utf8').replace(/sha512-[^"]{8}/, 'sha512-AAAAAAAA'));
  const result = await setUp();
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/^simclr-studio: npm could not install the packages \(.*\)\. Check .*$/m);
  expect(result.stderr).not.toMatch(/^\s+at /m);
});
