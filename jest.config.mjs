/** One configuration for every package: TypeScript sources through swc, real ES modules. */
export default {
  roots: ['<rootDir>/apps', '<rootDir>/e2e', '<rootDir>/packages', '<rootDir>/scripts'],
  testMatch: ['**/*.spec.ts', '**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@obb/source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2023',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/scripts/test-postgres.mjs',
  testSequencer: '<rootDir>/scripts/test-order.mjs',
  // Modules of a suite stay in its worker (nodejs/node#59118), and cleaning up around them took up to three quarters of
  // a later suite's time; a worker that has grown begins anew.
  workerIdleMemoryLimit: '500MB',
  // A guard against hanging, not a measure: machines are slow and shared.
  testTimeout: 120_000,
}
