/*
 * What a fresh clone needs before anything can run: dependencies and a build. Plain Node without dependencies.
 * Both steps are skipped when a stamp says that nothing changed, so with everything in place no network and next
 * to no time is needed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { installPnpm, root, say, StepFailed } from './runtime.mjs'

export { root, say, StepFailed } from './runtime.mjs'

/** The environment of every tool: local binaries first, nobody is phoned. */
export const toolEnv = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  npm_config_update_notifier: 'false',
}

/** Runs a tool of the workspace to its end; a signal that reaches us is for it to act upon. */
export async function run(step, command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, env: toolEnv, stdio: 'inherit', ...options })
  const pass = (signal) => child.kill(signal)
  process.on('SIGTERM', pass).on('SIGINT', ignore)
  const [code, signal] = await new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`)
      resolve([127, null])
    })
    child.once('exit', (...outcome) => resolve(outcome))
  })
  process.off('SIGTERM', pass).off('SIGINT', ignore)
  if (signal !== null) throw new StepFailed(step, signal === 'SIGINT' ? 130 : 143)
  if (code !== 0) throw new StepFailed(step, code)
}

// The terminal sends SIGINT to the whole group: the child has it already.
const ignore = () => undefined

const readStamp = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

const isPackage = (folder) => existsSync(join(root, folder, 'package.json'))

const workspaceFolders = () =>
  ['apps', 'packages']
    .flatMap((floor) => readdirSync(join(root, floor)).map((name) => join(floor, name)))
    .concat('bench', 'e2e')
    .filter(isPackage)

const builtFolders = () =>
  workspaceFolders().filter(
    (folder) =>
      JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts?.build !== undefined,
  )

export async function install() {
  const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']
    .concat(workspaceFolders().map((folder) => join(folder, 'package.json')))
    .concat(readdirSync(join(root, 'patches')).map((name) => join('patches', name)))
    .map((path) => readFileSync(join(root, path)))
  const wanted = digest([process.platform, process.arch, ...inputs])
  const stamp = join(root, 'node_modules', '.obb-install')
  if (readStamp(stamp) === wanted) return
  say('Installing dependencies (first start, or they changed) …')
  const env = { ...toolEnv, CI: 'true' }
  const args = ['install', '--frozen-lockfile', '--prefer-offline']
  await run('The installation of the dependencies', process.execPath, [await installPnpm(), ...args], { env })
  writeFileSync(stamp, wanted)
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    else yield path
  }
}

/** Names, sizes and times of everything a build reads. */
function sourceDigest() {
  const paths = builtFolders().flatMap((folder) => [
    ...['package.json', 'tsconfig.json', 'index.html', 'vite.config.ts']
      .map((name) => join(root, folder, name))
      .filter(existsSync),
    ...['src', 'bundle', 'build-tools', 'messages']
      .map((name) => join(root, folder, name))
      .filter(existsSync)
      .flatMap((path) => [...sources(path)]),
  ])
  const facts = [join(root, 'tsconfig.base.json'), ...paths].sort().map((path) => {
    const { mtimeMs, size } = statSync(path)
    return `${path} ${mtimeMs} ${size}`
  })
  return digest(facts)
}

const isBuilt = () => builtFolders().every((folder) => existsSync(join(root, folder, 'dist')))

const OUTPUT = /\.(d\.ts|m?js)(\.map)?$/

/** Their builds empty `dist` themselves, whose files have other names than their sources. */
const isBundled = (folder) => existsSync(join(root, folder, 'vite.config.ts'))

/** Removes what was built from sources that are gone (a platform that was renamed would be found twice), and bundles. */
function prune(folder) {
  for (const path of sources(join(root, folder, 'dist'))) {
    const source = join(
      root,
      folder,
      'src',
      relative(join(root, folder, 'dist'), path).replace(OUTPUT, '.ts'),
    )
    if (!OUTPUT.test(path) || existsSync(source)) continue
    rmSync(path)
    for (let at = dirname(path); readdirSync(at).length === 0; at = dirname(at))
      rmSync(at, { recursive: true })
  }
}

async function build() {
  const wanted = sourceDigest()
  const stamp = join(root, 'node_modules', '.obb-build')
  if (readStamp(stamp) === wanted && isBuilt()) return
  say('Building (first start, or sources changed) …')
  rmSync(stamp, { force: true })
  for (const folder of builtFolders())
    if (existsSync(join(root, folder, 'dist')) && !isBundled(folder)) prune(folder)
  await run('The build', 'turbo', ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'])
  writeFileSync(stamp, wanted)
}

/** Dependencies installed and everything built. Raises StepFailed. */
export async function setUp() {
  await install()
  await build()
}
