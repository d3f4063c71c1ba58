/*
 * What `./obb` costs before it does anything: processor time (user and system) of whole runs, beside that of Node.js
 * alone. BENCH_ROUNDS (9) runs of each with what the first one compiled; the median is told. Build before.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, say } from './lib/figures.mjs'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const OBB = fileURLToPath(new URL('../obb', import.meta.url))

/** At its end a process tells what it has used, ms. */
const TELL = `data:text/javascript,process.on('exit',()=>{const{user,system}=process.cpuUsage();
  process.stderr.write('\\ncpu '+(user+system)/1000+'\\n')})`.replace('\n', '')

async function cpuOf(args, env) {
  const child = spawn(process.execPath, ['--import', TELL, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr.on('data', (chunk) => (text += chunk))
  const [code] = await once(child, 'close')
  const told = /\ncpu ([\d.]+)\n$/.exec(text)?.[1]
  if (told === undefined || code !== 0) throw new Error(`${args.join(' ')}: ${text}`)
  return Number(told)
}

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ success: true, data: { items: [], next: null } }))
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const cache = mkdtempSync(join(tmpdir(), 'obb-bench-'))
const env = {
  OBB_ADMIN_API: `http://127.0.0.1:${server.address().port}`,
  OBB_ADMIN_TOKEN: 'x'.repeat(40),
  XDG_CACHE_HOME: cache,
}

const RUNS = {
  'node -e 0': ['-e', '0'],
  'obb --version': [OBB, '--version'],
  'obb --help': [OBB, '--help'],
  'obb user add --help': [OBB, 'user', 'add', '--help'],
  'obb user list': [OBB, 'user', 'list'],
}

try {
  for (const [name, args] of Object.entries(RUNS)) {
    const figures = []
    const first = await cpuOf(args, env)
    for (let round = 0; round < ROUNDS; round++) figures.push(await cpuOf(args, env))
    say(
      `${name.padEnd(22)} ${median(figures).toFixed(0).padStart(5)} ms, the first time ${first.toFixed(0)} ms`,
    )
  }
} finally {
  server.close()
  rmSync(cache, { recursive: true })
}
