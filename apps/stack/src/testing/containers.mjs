/*
 * Runs what compose.yml says as plain processes: each service's exact command and environment, as its account, in a
 * root file system of its own that is read-only but for /data, /backups and /tmp, on a network where nothing else is. Started by
 * compose-journey.ts inside `unshare --mount --net --pid --fork`, so all of it is gone when this process is.
 *
 * argv: a JSON file with the plan that compose-journey.ts makes; what came of it is left in result.json of its directory.
 */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const { image, work, repository, services } = plan
const root = join(work, 'root')
const sh = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
const fromRepository = (path) => import(pathToFileURL(join(repository, path)).href)

/** The system of this machine, read-only, with the image's files and Node.js where the image has them. */
function makeRoot() {
  mkdirSync(root)
  sh('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', root)
  for (const name of ['usr', 'obb', 'data', 'backups', 'tmp', 'proc', 'dev', 'etc', 'etc/obb']) {
    mkdirSync(join(root, name), { recursive: true })
  }
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) symlinkSync(`usr/${name}`, join(root, name))
  sh('mount', '--bind', '-o', 'ro', '/usr', join(root, 'usr'))
  sh('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', join(root, 'usr/local'))
  mkdirSync(join(root, 'usr/local/bin'))
  writeFileSync(join(root, 'usr/local/bin/node'), '')
  sh('mount', '--bind', process.execPath, join(root, 'usr/local/bin/node'))
  symlinkSync('/obb/obb', join(root, 'usr/local/bin/obb'))
  sh('mount', '--bind', '-o', 'ro', image, join(root, 'obb'))
  for (const name of ['data', 'backups', 'tmp'])
    sh('mount', '-t', 'tmpfs', '-o', 'mode=1777', 'tmpfs', join(root, name))
  sh('mount', '-t', 'proc', 'proc', join(root, 'proc'))
  sh('mount', '--rbind', '/dev', join(root, 'dev'))
  writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost ${plan.names.join(' ')}\n`)
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files\n')
  writeFileSync(join(root, 'etc/obb/ca.pem'), '')
  sh('mount', '-o', 'remount,ro', root)
}

const within = ({ user, environment }, command) => {
  const env = Object.entries({ ...plan.imageEnvironment, ...environment }).map(
    ([name, value]) => `${name}=${value}`,
  )
  return ['chroot', [`--userspec=${user}`, root, 'env', '-i', '-C', '/obb', ...env, ...command]]
}

function start(service) {
  const [program, args] = within(service, service.command)
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)))
  return { child, output, exited: once(child, 'exit') }
}

/** `docker compose exec SERVICE COMMAND…`; its output. Rejects with what it said where it fails. */
async function exec(service, command) {
  const { stdout } = await promisify(execFile)(...within(services[service], command))
  return stdout
}

async function healthy(name) {
  const deadline = performance.now() + 60_000
  for (;;) {
    try {
      return await exec(name, services[name].healthcheck)
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`${name} did not become healthy`, { cause: error })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

async function backing() {
  sh('ip', 'link', 'set', 'lo', 'up')
  const { startPostgres } = await fromRepository('packages/embedded-postgres/dist/index.js')
  const server = await startPostgres({
    directory: join(work, 'postgres'),
    password: plan.postgresPassword,
    port: 5432,
    ephemeral: true,
  })
  const { Client } = createRequire(join(repository, 'packages/core/package.json'))('pg')
  const client = new Client(server.url())
  await client.connect()
  await client.query('CREATE DATABASE obb')
  await client.end()
  const [program, ...args] = plan.redis.command
  const redis = spawn(program, args, {
    cwd: work,
    env: { PATH: process.env.PATH, ...plan.redis.environment },
    stdio: 'ignore',
  })
  redis.unref()
  if (plan.s3 === undefined) return
  const { startS3 } = await fromRepository('packages/testing/dist/s3/index.js')
  await startS3(plan.s3)
}

const obb = async (...args) => JSON.parse(await exec('api', ['obb', '--json', ...args]))

/** Starts services, each of which is healthy then. `running` has those that were started. */
async function startAll(names, running) {
  for (const name of names) running[name] = start(services[name])
  for (const name of names) await healthy(name)
}

/** Tells them to stop. Resolves to their exit codes. */
function stopAll(running) {
  for (const { child } of Object.values(running)) child.kill('SIGTERM')
  return Promise.all(Object.values(running).map(async ({ exited }) => (await exited)[0]))
}

/** The service `backup` beside the others, and a restore of what it made, as docs/backup.md says. */
async function backUpAndRestore({ email, apiKey }, link, running) {
  const directory = join(root, 'backups')
  for (const name of plan.backups) writeFileSync(join(directory, name), '')
  sh('chown', '-R', services.backup.user, directory)
  await startAll(['backup'], running) // healthy once there is one of these days
  const names = readdirSync(directory)
  const newest = `/backups/${names.toSorted().at(-1)}`
  const file = (await exec('backup', ['stat', '-c', '%a %u', newest])).trim()
  const balance = async () => (await obb('ledger', '--email', email)).trafficLeft
  const made = await balance()
  await obb('user', 'adjust', '--email', email, '--traffic', '-1GB', '--note', 'after the backup')
  const changed = await balance()
  const others = Object.fromEntries(Object.entries(running).filter(([name]) => name !== 'backup'))
  await stopAll(others)
  await exec('backup', ['obb', 'restore', newest, '--replace', '--yes'])
  await startAll(Object.keys(others), running)
  const restored = await balance()
  await exec('api', ['obb', 'get', link, '--key', apiKey, '-o', '/tmp/restored.bin'])
  const copy = readFileSync(join(root, 'tmp/restored.bin')).toString('base64')
  return { names, file, made, changed, restored, copy }
}

async function main() {
  makeRoot()
  await backing()
  const result = { logs: {} }
  const migrated = start(services.migrate)
  result.migrate = (await migrated.exited)[0]
  if (result.migrate !== 0) throw new Error(migrated.output.join(''))
  const running = {}
  try {
    await startAll(['api', 'proxy', 'fetcher'], running)
    const user = await obb('user', 'add', '--email', 'you@example.org', '--traffic', '1TB')
    writeFileSync(join(root, 'tmp/original.bin'), plan.content, 'base64')
    const host = start({
      ...services.api,
      command: ['obb', '--json', 'fakehost', 'RapidGator', '--port', '9901', '--file', '/tmp/original.bin'],
    })
    await once(host.child.stdout, 'data')
    const { links, credentials, origins } = JSON.parse(host.output.join(''))
    await obb(
      'host',
      'set',
      'RapidGator',
      ...Object.entries(origins).flatMap(([name, url]) => ['--origin', `${name}=${url}`]),
    )
    const set = Object.entries(credentials).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    await obb('account', 'add', '--platform', 'RapidGator', ...set)
    const link = links[0].url ?? links[0]
    await exec('api', ['obb', 'get', link, '--key', user.apiKey, '-o', '/tmp/copy.bin'])
    result.copy = readFileSync(join(root, 'tmp/copy.bin')).toString('base64')
    result.owner = (await exec('fetcher', ['id', '-u'])).trim()
    if (plan.backups) result.backup = await backUpAndRestore(user, link, running)
    host.child.kill('SIGTERM')
    result.exits = await stopAll(running)
  } catch (error) {
    result.error = String(error?.stack ?? error)
    if (error?.cause) result.error += String(error.cause)
  }
  for (const [name, { output }] of Object.entries(running)) result.logs[name] = output.join('')
  writeFileSync(join(work, 'result.json'), JSON.stringify(result))
}

await main()
process.exit(0)
