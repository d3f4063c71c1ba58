import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../guarded/index.js'
import { listens } from '../nginx/index.js'

export interface Caddy {
  port: number
  stop(): Promise<void>
}

/** Whether this machine has a Caddy. */
export function hasCaddy(): boolean {
  return spawnSync('caddy', ['version']).status === 0
}

/** The system's Caddy with these sites, which listen on `port`; it keeps its data in a directory of its own. */
export async function startCaddy(sites: (port: number) => string): Promise<Caddy> {
  const home = await mkdtemp(join(tmpdir(), 'obb-caddy-'))
  const port = await freePort()
  const config = `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${sites(port)}`
  const path = join(home, 'Caddyfile')
  await writeFile(path, config)
  const env = { PATH: process.env['PATH'], HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home }
  const child = spawn('caddy', ['run', '--config', path, '--adapter', 'caddyfile'], { env })
  let log = ''
  child.stderr.on('data', (chunk) => (log += String(chunk)))
  child.stdout.resume()
  const ended = once(child, 'exit')
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`Caddy did not start:\n${log}`)
    await sleep(20)
  }
  return {
    port,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      await rm(home, { recursive: true, force: true })
    },
  }
}
