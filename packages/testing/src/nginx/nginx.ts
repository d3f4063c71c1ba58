import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../guarded/index.js'

export interface Nginx {
  port: number
  /** log gives what its error log holds. */
  log(): Promise<string>
  stop(): Promise<void>
}

/** Whether this machine has an nginx. */
export function hasNginx(): boolean {
  return spawnSync('nginx', ['-v']).status === 0
}

/** The system's nginx with one server, whose body `server` is; it runs as whoever runs the test. */
export function startNginx(server: string): Promise<Nginx> {
  return startNginxWith((port) => `sendfile on; server { listen 127.0.0.1:${port}; ${server} }`)
}

/** The same with what its `http` block has besides. */
export async function startNginxWith(http: (port: number) => string): Promise<Nginx> {
  const home = await mkdtemp(join(tmpdir(), 'obb-nginx-'))
  const port = await freePort()
  const log = join(home, 'error.log')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const config = `
    daemon off; master_process off; pid ${home}/pid; error_log ${log};
    events { worker_connections 1024; }
    http {
      access_log off;
      ${temporary.map((each) => `${each}_temp_path ${home}/${each};`).join(' ')}
      ${http(port)}
    }`
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'nginx.conf'), config)
  const child = spawn('nginx', ['-e', log, '-p', home, '-c', join(home, 'nginx.conf')], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start:\n${await readFile(log, 'utf8')}`)
    await sleep(20)
  }
  return {
    port,
    log: () => readFile(log, 'utf8'),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      await rm(home, { recursive: true })
    },
  }
}

/** Whether somebody listens on this port of 127.0.0.1. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
