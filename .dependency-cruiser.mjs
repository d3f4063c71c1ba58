/**
 * The floors of the house, from top to bottom; imports point down only.
 *
 *   e2e                                      journeys through everything; nobody imports it
 *   apps/*                                   one process each; none knows another
 *   packages/core                            the domain, in feature folders behind their index.ts
 *   packages/host-adapters                   the platforms
 *   packages/host-http                       the guarded client that platforms see
 *   packages/http-engine, contracts, embedded-postgres
 *   packages/testing                         for tests only
 */
const TESTS =
  '((-rig|\\.(spec|test|suite|linear))\\.ts$|/src/testing/|/src/conformance/suite/|/fake(s)?(/|\\.ts$))'

/** The stand-ins of platforms, what they are made of, and the suite that holds platforms against them. */
const STAND_INS =
  '^packages/(host-adapters|host-http)/src/(testing\\.ts$|fake/|conformance/|(dialects|platforms)/[^/]+/(fake[^/]*|conformance)\\.ts$)'

/** When a link counts; asked by features on which links build. */
const LIVENESS = '^packages/core/src/links/liveness\\.ts$'

/** The tables of the features, and what makes a data source of them. */
const TABLES = '^packages/core/src/(database/database|[^/]+/[^/]+\\.table)\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two modules that need each other are one module, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'app-folders-one-way',
      comment: 'Two folders of an app that need each other are one subject, or hide a third.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^apps/(fetcher|proxy)/src/' },
      to: { circular: true },
    },
    {
      name: 'apps-do-not-know-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^(apps|e2e)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-do-not-know-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|e2e)/' },
    },
    {
      name: 'ground-floor-imports-nothing-of-ours',
      comment: 'The wire, the HTTP engine and the database binaries stand on their own.',
      severity: 'error',
      from: { path: '^packages/(contracts|http-engine|embedded-postgres)/', pathNot: TESTS },
      to: { path: '^(apps|packages)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'host-http-stands-on-the-engine-alone',
      comment: 'The guarded client knows neither the platforms that use it nor the domain.',
      severity: 'error',
      from: { path: '^packages/host-http/', pathNot: TESTS },
      to: { path: '^(apps|packages)/', pathNot: '^packages/(host-http|http-engine)/' },
    },
    {
      name: 'platforms-speak-through-host-http',
      comment: 'A platform that took the engine itself would go past the address guard.',
      severity: 'error',
      from: { path: '^packages/host-adapters/', pathNot: TESTS },
      to: { path: '^(apps|packages)/', pathNot: '^packages/(contracts|host-adapters|host-http)/' },
    },
    {
      name: 'the-engine-is-for-host-http-and-storage',
      comment: 'Whoever else talks HTTP does so to a host, through the guard.',
      severity: 'error',
      from: {
        path: '^(apps|packages)/',
        pathNot: `^packages/(http-engine|host-http|core/src/storage)/|${TESTS}`,
      },
      to: { path: '^packages/http-engine/' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: `^packages/testing/|${TESTS}` },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'production-knows-no-test-rows',
      comment: '@obb/core/testing makes databases and rows for tests.',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: TESTS },
      to: { path: '^packages/core/src/testing/' },
    },
    {
      name: 'testing-knows-nothing-above-it',
      comment: 'Servers and clocks that the tests of core use: what needs tables is @obb/core/testing.',
      severity: 'error',
      from: { path: '^packages/testing/' },
      to: { path: '^packages/(core|host-adapters)/' },
    },
    {
      name: 'core-features-through-their-index',
      comment: 'A feature is imported by its name; what lies behind index.ts is its own affair.',
      severity: 'error',
      from: { path: '^packages/core/src/([^/]+)', pathNot: TABLES },
      to: {
        path: '^packages/core/src/[^/]+/.+',
        pathNot: `^packages/core/src/($1/|[^/]+/index\\.ts$)|${LIVENESS}`,
      },
    },
    {
      name: 'liveness-is-a-leaf',
      comment: 'Files ask whether a link is live, and links build on files.',
      severity: 'error',
      from: { path: LIVENESS },
      to: { path: '.' },
    },
    {
      name: 'tables-know-only-tables',
      comment: 'Whoever wants the tables alone, as migrations do, loads no feature and no Nest with them.',
      severity: 'error',
      from: { path: TABLES },
      to: {
        path: '^packages/core/src/',
        pathNot: `${TABLES}|^packages/core/src/(database/|statements/|files/file-states\\.ts$)`,
      },
    },
    {
      name: 'packages-through-their-exports',
      comment: 'Not by a path into the sources of another package.',
      severity: 'error',
      from: { path: '^(apps|packages)/([^/]+)/' },
      to: {
        path: '^(apps|packages)/[^/]+/',
        pathNot: '^$1/$2/',
        dependencyTypes: ['local'],
      },
    },
    {
      name: 'platforms-do-not-know-each-other',
      severity: 'error',
      from: { path: '^packages/host-adapters/src/platforms/([^/]+)/' },
      to: {
        path: '^packages/host-adapters/src/platforms/',
        pathNot: '^packages/host-adapters/src/platforms/$1/',
      },
    },
    {
      name: 'production-knows-no-stand-ins',
      comment: 'Stand-ins are for tests and `obb fakehost`; workers, gateway and proxy go without them.',
      severity: 'error',
      from: {
        path: '^(apps|packages)/',
        pathNot: `${STAND_INS}|^apps/cli/src/commands/fakehost\\.ts$|${TESTS}`,
      },
      to: { path: STAND_INS },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      // Modules of that name are made by the portal's build.
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@obb/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
}
