import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ROLE_SETTINGS, createTestDatabase } from '@obb/core/testing'
import type { ScratchDatabase } from '@obb/testing/postgres'
import { childrenOf, connectionsOf } from './proc.js'
import { build, startApp, type AppProcess } from './processes.js'

const WORKERS = 2
const KILLS = 3

/** The status of a health check, and whether its connection goes on. */
function ask(url: string, agent: Agent | false): Promise<{ status: number; goesOn: boolean }> {
  return new Promise((resolve, reject) => {
    request(`${url}/health`, { agent }, (response) => {
      response.resume()
      const { statusCode: status = 0, headers } = response
      response.on('error', reject)
      response.on('end', () => resolve({ status, goesOn: headers.connection !== 'close' }))
    })
      .on('error', reject)
      .end()
  })
}

/** A pause after each answer, ms: clients that take the whole machine keep workers from starting. */
const PAUSE_MS = 10

/** Asks all the time, with `between` after each answer, until it is told to stop. All that it got, errors too. */
function client(url: string, agent: Agent | false, between: () => void = () => undefined) {
  let isOver = false
  const answers: (number | string)[] = []
  const lasts: number[] = []
  const work = async (): Promise<void> => {
    while (!isOver) {
      try {
        const { status, goesOn } = await ask(url, agent)
        if (!goesOn) lasts.push(answers.length)
        answers.push(status)
      } catch (error) {
        answers.push(String(error))
      }
      between()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
  const done = work()
  return {
    answers,
    /** Which of the answers said that they are the last of their connection. */
    lasts,
    stop: async (): Promise<void> => {
      isOver = true
      await done
    },
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20))
}

const describeWithProc = process.platform === 'linux' ? describe : describe.skip

/** A head that takes longer may be refused, ms. */
const HEAD_MS = 15_000

describeWithProc.each(['api', 'proxy'] as const)('the workers of the %s', (name) => {
  let database: ScratchDatabase
  let home: string
  let app: AppProcess
  let pid: number
  const workers = (): number[] => childrenOf(pid)
  const port = (): number => Number(new URL(app.url).port)

  beforeAll(async () => {
    await build()
    database = await createTestDatabase()
    home = await mkdtemp(join(tmpdir(), 'obb-workers-'))
    app = await startApp(name, {
      env: {
        OBB_HOME: home,
        DATABASE_URL: database.url,
        ...ROLE_SETTINGS,
        SECRETS_KEY: 'ab'.repeat(32),
        API_PORT: '0',
        PROXY_PORT: '0',
        API_WORKERS: String(WORKERS),
        PROXY_WORKERS: String(WORKERS),
        LOG_LEVEL: 'silent',
      },
    })
    pid = app.process.pid ?? 0
  }, 600_000)
  afterAll(async () => {
    await app.kill()
    await database.drop()
    await rm(home, { recursive: true, force: true })
  })

  it('may be killed while they have nothing to do: no client sees an error', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const faithful = client(app.url, agent)
    const killed = new Set<number>()
    const killIdle = (): void => {
      const alive = workers().filter((each) => !killed.has(each))
      if (killed.size >= KILLS || alive.length < WORKERS) return
      const idle = alive.find((each) => connectionsOf(each, port()) === 0)
      if (idle === undefined) return
      process.kill(idle, 'SIGKILL')
      killed.add(idle)
    }
    const fickle = client(app.url, false, killIdle)
    await until(() => killed.size === KILLS && workers().length === WORKERS)
    await Promise.all([faithful.stop(), fickle.stop()])
    agent.destroy()
    expect(new Set([...faithful.answers, ...fickle.answers])).toEqual(new Set([200]))
    expect(faithful.lasts).toEqual([])
  })

  it('may all be away for a moment: who comes then waits', async () => {
    for (const each of workers()) process.kill(each, 'SIGKILL')
    expect(await ask(app.url, false)).toMatchObject({ status: 200 })
    await until(() => workers().length === WORKERS)
  })

  it('are restarted without an error, and what is under way is finished', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const faithful = client(app.url, agent)
    const fickle = client(app.url, false)
    const restart = async () => {
      const slow = connect(port(), '127.0.0.1')
      await once(slow, 'connect')
      const begun = performance.now()
      slow.write('GET /health HTTP/1.1\r\nHost: ')
      // Connections are given out in the order they come in: after two more, a worker has this one.
      const seen = fickle.answers.length
      await until(() => faithful.answers.length > 0 && fickle.answers.length > seen + 2)
      const before = workers()
      const told = once(app.process, 'message')
      process.kill(pid, 'SIGUSR2')
      expect(await told).toEqual([{ restarted: WORKERS }, undefined])
      expect(workers().filter((each) => !before.includes(each))).toHaveLength(WORKERS)
      return { slow, before, tookMs: performance.now() - begun }
    }
    let { slow, before, tookMs } = await restart()
    // A slow machine took so long that the server need not wait for the rest any more: the next restart is looked at.
    while (tookMs > HEAD_MS) {
      slow.destroy()
      await until(() => workers().length === WORKERS)
      ;({ slow, before, tookMs } = await restart())
    }
    // One of the old ones is left, for the request that has only begun.
    await until(() => workers().length === WORKERS + 1)
    slow.write('slow.test\r\n\r\n')
    const chunks: Buffer[] = []
    for await (const chunk of slow as AsyncIterable<Buffer>) chunks.push(chunk)
    const answer = Buffer.concat(chunks).toString()
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer.toLowerCase()).toContain('connection: close')
    await until(() => workers().every((each) => !before.includes(each)))
    await Promise.all([faithful.stop(), fickle.stop()])
    agent.destroy()
    expect(new Set([...faithful.answers, ...fickle.answers])).toEqual(new Set([200]))
    // Its worker was replaced: one answer was the last of a connection, and others came after it.
    expect(faithful.lasts.length).toBeGreaterThanOrEqual(1)
  })

  it('end with the process that holds the port', async () => {
    const last = workers()
    const idle = connect(port(), '127.0.0.1')
    await once(idle, 'connect')
    const closed = once(idle.resume(), 'close')
    app.process.kill('SIGTERM')
    expect(await app.ended).toBe(0)
    await closed
    expect(last.every((each) => !childrenOf(1).includes(each))).toBe(true)
    await expect(ask(app.url, false)).rejects.toThrow('ECONNREFUSED')
  })
})
