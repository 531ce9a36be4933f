/** @file Lint rules; above all, who may import whom. */
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Forbids imports by pattern, with the reason shown to whoever breaks the rule. */
function forbid(files, ...rules) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: rules.map(([group, message]) => ({ group, message, allowTypeImports: false })) },
      ],
    },
  };
}

const electron = [['electron', 'electron/*'], 'Only src-main may import electron.'];
const tensorflow = [['@tensorflow/*'], 'Only src-compute imports TensorFlow.js; augment/ and import/ do not.'];
const store = [['#store/*', '**/src-store/*'], 'This folder may not import src-store.'];
const engine = [['#engine/*', '**/src-engine/*'], 'This folder may not import src-engine.'];
const compute = [['#compute/*', '**/src-compute/*'], 'This folder may not import src-compute; start it by path.'];
const platform = [['node:*', 'fs', 'path'], 'src-shared runs everywhere: no Node.'];

export default defineConfig(
  { ignores: ['node_modules/', 'dist/', '**/*.as.ts', 'test/golden/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
      },
    },
  },
  forbid(['src-shared/**/*.ts'], electron, tensorflow, store, engine, compute, platform),
  forbid(['src-store/**/*.ts'], electron, tensorflow, engine, compute),
  forbid(['src-engine/**/*.ts'], electron, tensorflow, compute),
  forbid(['src-compute/**/*.ts'], electron, engine, [
    ['#store/*', '!#store/artifacts/*', '!#store/artifacts.ts'],
    'Compute writes artifact files only; the library belongs to the engine.',
  ]),
  forbid(['src-compute/augment/**/*.ts', 'src-compute/import/**/*.ts'], electron, tensorflow, store, engine),
);
