/*
 * npm test: set-up, the checks of style, types and boundaries, then every test. Arguments go to Jest, and then
 * only Jest runs. The last line is `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, say, setUp, StepFailed } from './setup.mjs'

/** Programs of the system without which some suites cannot run. */
const OPTIONAL = {
  'redis-server': ['--version'],
  nginx: ['-v'],
  curl: ['--version'],
  wget: ['--version'],
  aria2c: ['--version'],
  axel: ['--version'],
  rclone: ['version'],
  caddy: ['version'],
  'docker-compose': ['--version'],
  ip: ['-V'],
  par2: ['-V'],
  prometheus: ['--version'],
  chromium: ['--version'],
  '/usr/sbin/ctlinnd': ['-h'],
}

const CHECKS = [
  ['Style (eslint)', 'eslint', ['.']],
  ['Format (prettier)', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['Types (tsc)', 'tsc', ['-p', 'tsconfig.json', '--noEmit']],
  ['Types of the portal (tsc)', 'tsc', ['-p', 'apps/portal/tsconfig.json']],
  ['Boundaries (dependency-cruiser)', 'node', ['scripts/boundaries.mjs']],
]
/** The check that runs a server, which wants the machine for itself. */
const NEWEST_LTS = ['The newest Node.js LTS', 'node', ['scripts/run.mjs', 'newest-lts']]

const missing = Object.entries(OPTIONAL)
  .filter(([program, args]) => spawnSync(program, args, { stdio: 'ignore' }).error !== undefined)
  .map(([program]) => program)

const SLOWEST = 25

/** A check that fails counts as a failed test, and the others run all the same. `options`: see spawn. */
async function check([step, command, args], options) {
  try {
    await run(step, command, args, options)
    return true
  } catch (error) {
    if (!(error instanceof StepFailed) || error.exitCode > 128) throw error
    return false
  }
}

/** Two at a time, since most of them use one core; what one of them prints is shown as a whole. How many failed. */
async function checkAll(checks) {
  const directory = mkdtempSync(join(tmpdir(), 'obb-checks-'))
  const left = [...checks.entries()]
  let failed = 0
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [at, each] = next
      const path = join(directory, String(at))
      const output = openSync(path, 'w')
      const passed = await check(each, { stdio: ['ignore', output, output] }).finally(() => closeSync(output))
      if (!passed) failed += 1
      say(`\n${each[0]}: ${passed ? 'passed' : 'FAILED'}\n${readFileSync(path, 'utf8')}`)
    }
  }
  try {
    say(`\nChecking: ${checks.map(([step]) => step).join(', ')} …`)
    await Promise.all([lane(), lane()])
    return failed
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function jest(args) {
  const directory = mkdtempSync(join(tmpdir(), 'obb-jest-'))
  const report = join(directory, 'report.json')
  const command = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...(args.includes('--runInBand') ? [] : ['--maxWorkers=2']),
  ]
  let exitCode = 0
  try {
    await run('Jest', process.execPath, [...command, '--json', `--outputFile=${report}`, ...args], {
      // With --json, Jest prints the report on stdout too; people read stderr.
      stdio: ['inherit', 'ignore', 'inherit'],
    })
  } catch (error) {
    if (!(error instanceof StepFailed) || error.exitCode > 128) throw error
    exitCode = error.exitCode
  }
  try {
    return { exitCode, report: JSON.parse(readFileSync(report, 'utf8')) }
  } catch {
    return { exitCode: exitCode || 1, report: undefined }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A case of a conformance suite about what a platform lacks: that is no gap of this machine. */
const saysWhy = ({ title }) => /\(skipped: .+\)$/.test(title)

/** Suites that passed over tests, by file: with the reason where a missing program is it. */
function sayWhatWasNotRun(report) {
  const skipped = report.testResults
    .map(({ name, assertionResults }) => ({
      name,
      tests: assertionResults.filter((test) => test.status === 'pending' && !saysWhy(test)),
    }))
    .filter(({ tests }) => tests.length > 0)
  if (skipped.length === 0 && missing.length === 0) return
  const line = '!'.repeat(80)
  say(`\n${line}`)
  if (missing.length > 0) say(`NOT INSTALLED HERE: ${missing.join(', ')}`)
  if (skipped.length > 0) say('NOT RUN:')
  for (const { name, tests } of skipped) {
    say(`  ${name.replace(`${process.cwd()}/`, '')} (${tests.length})`)
    for (const { fullName } of tests) say(`    ${fullName}`)
  }
  say(`${line}\n`)
}

/** Where the time of a whole run goes, so that what has become slow is seen before the run is too long. */
function sayWhatTookLong(report) {
  const suites = report.testResults
    .map(({ name, startTime, endTime }) => ({ name, seconds: Math.round((endTime - startTime) / 1_000) }))
    .sort((a, b) => b.seconds - a.seconds)
  const sum = suites.reduce((seconds, suite) => seconds + suite.seconds, 0)
  say(`\nThe ${SLOWEST} slowest of ${suites.length} suites, which took ${sum} s in all:`)
  for (const { name, seconds } of suites.slice(0, SLOWEST))
    say(`${String(seconds).padStart(6)} s  ${name.replace(`${process.cwd()}/`, '')}`)
}

async function testAll(args) {
  await setUp()
  const checks = args.length === 0 ? CHECKS.length + 1 : 0
  let failedChecks = 0
  if (checks > 0) {
    failedChecks = await checkAll(CHECKS)
    say(`\n${NEWEST_LTS[0]} …`)
    if (!(await check(NEWEST_LTS))) {
      failedChecks += 1
      say(`FAILED: ${NEWEST_LTS[0]}`)
    }
  }
  say('\nTests (Jest) …')
  const { exitCode, report } = await jest(args)
  if (!report) {
    say(`\n${checks - failedChecks} passed, ${failedChecks + 1} failed`)
    return 1
  }
  // Whoever asks for tests by name knows that the others do not run.
  if (!args.some((arg) => /^(-t|--testNamePattern)/.test(arg))) sayWhatWasNotRun(report)
  if (args.length === 0) sayWhatTookLong(report)
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length
  const passed = report.numPassedTests + checks - failedChecks
  // A file that cannot even be loaded has no failed test to count.
  const failed = report.numFailedTests + broken + failedChecks
  const skipped = report.numPendingTests + report.numTodoTests
  say(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return exitCode !== 0 || failed > 0 ? 1 : 0
}

export async function main(args) {
  try {
    return await testAll(args)
  } catch (error) {
    if (error instanceof StepFailed && error.exitCode <= 128) {
      process.stderr.write(`${error.message}\n`)
      say('0 passed, 1 failed')
      return error.exitCode
    }
    throw error
  }
}
