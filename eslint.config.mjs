import js from '@eslint/js'
import * as regexp from 'eslint-plugin-regexp'
import tseslint from 'typescript-eslint'
import { SQL_HOMES } from './scripts/sql-homes.mjs'
import { retired } from './scripts/words.mjs'

/** Selectors of SQL, and of TypeORM's calls that stand for it, that has its home elsewhere. */
const strays = (homes) => [
  'error',
  ...homes.flatMap(({ what, instead, sql, calls }) => {
    const message = `This SQL (${what}) has one home: use ${instead}.`
    const selectors = [`TemplateElement[value.raw=/${sql}/i]`, `Literal[value=/${sql}/i]`]
    if (calls) {
      const { methods, entity } = calls
      selectors.push(
        `CallExpression[callee.property.name=/${methods}/] > Identifier.arguments[name='${entity}']`,
      )
    }
    return selectors.map((selector) => ({ selector, message }))
  }),
]

/** Tests set rows up, migrations make tables. */
const SET_UP = [
  '**/*.{spec,test,suite,nightly,linear}.ts',
  '**/testing/**',
  '**/migrations/**',
  'packages/testing/**',
]

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'apps/portal/paraglide/**', '.runtime/**', 'data/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    ignores: ['scripts/words.mjs', 'scripts/words.spec.ts'],
    plugins: { words: { rules: { retired } } },
    rules: { 'words/retired': 'error' },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './apps/portal/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['{apps,packages}/*/src/**/*.ts'],
    ignores: SET_UP,
    rules: { 'no-restricted-syntax': strays(SQL_HOMES) },
  },
  {
    // What comes from outside may be of any length: an expression over it goes over it once.
    files: ['{apps,packages}/*/src/**/*.{ts,mjs}'],
    ignores: SET_UP,
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  ...SQL_HOMES.map((home) => ({
    files: home.homes,
    ignores: SET_UP,
    rules: { 'no-restricted-syntax': strays(SQL_HOMES.filter((other) => other !== home)) },
  })),
  {
    files: ['**/*.mjs', 'obb'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        URL: 'readonly',
        TextDecoder: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
)
