/*
 * The boundaries of the house hold, and the rules would notice if they did not: every rule is shown one violation
 * in a small house of the same shape, and must name it. ESLint sees to it that SQL stays at home, and that expressions
 * take time in proportion to their text; here it is shown a stray line of each kind.
 */
import { cruise } from 'dependency-cruiser'
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ESLint, Linter } from 'eslint'
import { root } from './setup.mjs'
import { SQL_HOMES } from './sql-homes.mjs'

const config = await extractConfig(join(root, '.dependency-cruiser.mjs'))

/** Rule → a file that breaks it and what that file imports. Every target is made as well. */
const VIOLATIONS = {
  'no-circles': ['packages/core/src/pool/a.ts', './b.js', 'packages/core/src/pool/b.ts', './a.js'],
  'app-folders-one-way': [
    'apps/proxy/src/links/a.ts',
    '../download/b.js',
    'apps/proxy/src/download/b.ts',
    '../links/a.js',
  ],
  'apps-do-not-know-each-other': ['apps/api/src/a.ts', '../../proxy/src/range.js', 'apps/proxy/src/range.ts'],
  'packages-do-not-know-apps': [
    'packages/core/src/pool/a.ts',
    '../../../../apps/api/src/a.js',
    'apps/api/src/a.ts',
  ],
  'ground-floor-imports-nothing-of-ours': [
    'packages/contracts/src/a.ts',
    '../../core/src/pool/index.js',
    'packages/core/src/pool/index.ts',
  ],
  'host-http-stands-on-the-engine-alone': [
    'packages/host-http/src/a.ts',
    '../../host-adapters/src/index.js',
    'packages/host-adapters/src/index.ts',
  ],
  'platforms-speak-through-host-http': [
    'packages/host-adapters/src/a.ts',
    '../../http-engine/src/index.js',
    'packages/http-engine/src/index.ts',
  ],
  'the-engine-is-for-host-http-and-storage': [
    'apps/fetcher/src/a.ts',
    '../../../packages/http-engine/src/index.js',
    'packages/http-engine/src/index.ts',
  ],
  'testing-is-for-tests': [
    'apps/api/src/a.ts',
    '../../../packages/testing/src/redis/index.js',
    'packages/testing/src/redis/index.ts',
  ],
  'production-knows-no-test-rows': [
    'apps/api/src/a.ts',
    '../../../packages/core/src/testing/index.js',
    'packages/core/src/testing/index.ts',
  ],
  'testing-knows-nothing-above-it': [
    'packages/testing/src/a.ts',
    '../../core/src/pool/index.js',
    'packages/core/src/pool/index.ts',
  ],
  'core-features-through-their-index': [
    'packages/core/src/links/a.ts',
    '../pool/lease.js',
    'packages/core/src/pool/lease.ts',
  ],
  'liveness-is-a-leaf': [
    'packages/core/src/links/liveness.ts',
    '../files/index.js',
    'packages/core/src/files/index.ts',
  ],
  'tables-know-only-tables': [
    'packages/core/src/links/link.table.ts',
    '../pool/index.js',
    'packages/core/src/pool/index.ts',
  ],
  'packages-through-their-exports': [
    'apps/api/src/a.ts',
    '../../../packages/contracts/src/keys.js',
    'packages/contracts/src/keys.ts',
  ],
  'platforms-do-not-know-each-other': [
    'packages/host-adapters/src/platforms/http/a.ts',
    '../rapid-gator/api.js',
    'packages/host-adapters/src/platforms/rapid-gator/api.ts',
  ],
  'production-knows-no-stand-ins': [
    'apps/fetcher/src/a.ts',
    '../../../packages/host-adapters/src/testing.js',
    'packages/host-adapters/src/testing.ts',
  ],
  'nothing-unresolvable': ['apps/api/src/a.ts', './missing.js'],
}

const options = (baseDir) => ({
  ...config.options,
  ruleSet: { forbidden: config.forbidden },
  validate: true,
  baseDir,
})

async function violations(baseDir, tsConfig) {
  const floors = ['apps', 'packages', 'e2e'].filter((floor) => existsSync(join(baseDir, floor)))
  const { output } = await cruise(floors, options(baseDir), undefined, tsConfig && { tsConfig })
  return { all: output.summary.violations, modules: output.summary.totalCruised }
}

function write(house, path, target) {
  mkdirSync(join(house, dirname(path)), { recursive: true })
  writeFileSync(
    join(house, path),
    target === undefined ? 'export const x = 1\n' : `export * from '${target}'\n`,
  )
}

/** The names of the rules that this file breaks. */
async function rulesBrokenBy([path, target, other, otherTarget]) {
  const house = mkdtempSync(join(realpathSync(tmpdir()), 'obb-house-'))
  try {
    for (const floor of ['apps', 'packages']) mkdirSync(join(house, floor))
    writeFileSync(join(house, 'tsconfig.json'), '{}')
    write(house, path, target)
    if (other !== undefined) write(house, other, otherTarget)
    return (await violations(house)).all.map(({ rule }) => rule.name)
  } finally {
    rmSync(house, { recursive: true, force: true })
  }
}

const faults = []
for (const { name } of config.forbidden) {
  const broken = VIOLATIONS[name] === undefined ? [] : await rulesBrokenBy(VIOLATIONS[name])
  if (!broken.includes(name)) faults.push(`the rule "${name}" does not notice its violation`)
}

const eslint = new ESLint({ cwd: root })

/** Whether the rules that hold for a file refuse this line in it. */
async function refuses(path, line) {
  const { rules } = await eslint.calculateConfigForFile(join(root, path))
  const rule = { 'no-restricted-syntax': rules['no-restricted-syntax'] ?? 'off' }
  return new Linter().verify(line, { rules: rule }).length > 0
}

for (const { what, homes, violations: lines } of SQL_HOMES) {
  for (const line of lines) {
    if (
      !(await refuses('packages/core/src/pool/stray.ts', line)) ||
      !(await refuses('apps/api/src/stray.ts', line))
    ) {
      faults.push(`eslint does not notice "${what}" away from home: ${line}`)
    }
    for (const home of homes) {
      if (await refuses(home.replace('**', 'some.ts'), line))
        faults.push(`eslint refuses "${what}" at home: ${line}`)
    }
  }
}

/** Expressions of each kind of super-linear time, and the rule that refuses it. */
const SLOW = [
  ['regexp/no-super-linear-move', "name.replace(/\\.+$/, '')"],
  ['regexp/no-super-linear-move', "text.replace(/^[ \\t]+|[ \\t]+$/g, '')"],
  ['regexp/no-super-linear-backtracking', '/^(\\d+)\\s*([a-z]*)\\s*$/.exec(text)'],
]
const { plugins, rules: strict } = await eslint.calculateConfigForFile(join(root, 'apps/api/src/stray.ts'))
for (const [rule, line] of SLOW) {
  const messages = new Linter().verify(line, { plugins, rules: { [rule]: strict[rule] ?? 'off' } })
  if (messages.length === 0) faults.push(`"${rule}" does not notice: ${line}`)
}

const { all, modules } = await violations(root, extractTsConfig(join(root, 'tsconfig.json')))
for (const { rule, from, to, cycle } of all) {
  faults.push(`${rule.name}: ${from} → ${cycle?.map(({ name }) => name).join(' → ') ?? to}`)
}
for (const fault of faults) process.stderr.write(`  ${fault}\n`)
process.stdout.write(
  `${modules} modules, ${config.forbidden.length + SQL_HOMES.length} rules proven, ${faults.length} faults\n`,
)
process.exitCode = faults.length > 0 ? 1 : 0
