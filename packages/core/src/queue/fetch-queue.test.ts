import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Job, Queue, QueueEvents, Worker } from 'bullmq'
import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { type TestRedis, redisAvailable, startRedis } from '@obb/testing/redis'
import { openLog } from '../log/index.js'
import { createTestDatabase } from '../testing/index.js'
import {
  FETCH_QUEUE,
  FetchQueue,
  HOST_CALL_QUEUE,
  QueueError,
  type QueueSettings,
  queueConnection,
  takeWakeUp,
} from './index.js'

/*
 * The same promises over both backends. BullMQ knows one default backend per process (here: per test file), which
 * is Redis until PostgreSQL is selected, so Redis goes first.
 */

/** Stands between the queue and its backend, and can be pulled. */
class Cable {
  private readonly sockets = new Set<Socket>()
  private server: Server | undefined
  /** Called with what goes to the backend; what it returns is awaited before the data go on. */
  onRequest: ((data: Buffer) => Promise<void> | void) | undefined
  port = 0

  constructor(private readonly target: { host: string; port: number }) {}

  async plug(): Promise<void> {
    this.server = createServer((near) => {
      const far = connect(this.target)
      for (const socket of [near, far]) {
        this.sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => {
          this.sockets.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      let sent = Promise.resolve()
      near.on('data', (data) => {
        const going = this.onRequest?.(data)
        sent = sent.then(() => going).then(() => void far.write(data))
      })
      far.pipe(near)
    }).listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
  }

  /** Breaks every connection and refuses new ones. */
  async pull(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve))
    this.cut()
    await closed
  }

  get isIdle(): boolean {
    return this.sockets.size === 0
  }

  /** Resolves when the next connection ends. */
  change(): Promise<unknown> {
    return Promise.race([...this.sockets].map((socket) => once(socket, 'close')))
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy()
  }
}

/** Holds up whoever waits for `passed`. */
function gate(): { passed: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

interface Backend {
  settings: QueueSettings
  stop(): Promise<void>
}

const throughCable = (text: string, port: number): string => {
  const url = new URL(text)
  url.host = `127.0.0.1:${port}`
  return url.href
}

function describeQueue(title: string, start: () => Promise<Backend>): void {
  describe(title, () => {
    const log = openLog('test', 'silent')
    let backend: Backend
    let cable: Cable
    /** Through the cable. */
    let queue: FetchQueue
    /** The workers as the fetcher has them, with a connection of its own. */
    let workers: Worker[]

    beforeAll(async () => {
      backend = await start()
    })
    afterAll(() => backend.stop())
    beforeEach(async () => {
      const { redisUrl, databaseUrl } = backend.settings
      const { hostname: host, port } = new URL(redisUrl ?? databaseUrl)
      cable = new Cable({ host, port: Number(port) })
      await cable.plug()
      queue = newQueue()
      workers = []
      await drain()
    })
    afterEach(async () => {
      await queue.close()
      await Promise.all(workers.map((worker) => worker.close(true)))
      await cable.pull()
    })

    function newQueue(): FetchQueue {
      const { redisUrl, databaseUrl } = backend.settings
      const settings = {
        redisUrl: redisUrl && throughCable(redisUrl, cable.port),
        databaseUrl: throughCable(databaseUrl, cable.port),
      }
      return new FetchQueue(settings, log)
    }
    async function withQueue<T>(name: string, work: (queue: Queue) => Promise<T>): Promise<T> {
      const direct = new Queue(name, { connection: queueConnection(backend.settings, 'producer') })
      try {
        return await work(direct)
      } finally {
        await direct.close()
      }
    }
    async function drain(): Promise<void> {
      for (const name of [FETCH_QUEUE, HOST_CALL_QUEUE])
        await withQueue(name, (each) => each.obliterate({ force: true }))
    }
    const waiting = (name: string) =>
      withQueue(name, (each) => each.getJobs(['waiting', 'active', 'delayed']))

    async function work(handle: (job: Job) => Promise<void>): Promise<Worker> {
      const connection = queueConnection(backend.settings, 'worker')
      const worker = new Worker(HOST_CALL_QUEUE, handle, { connection, concurrency: 8 })
      worker.on('error', () => undefined)
      workers.push(worker)
      await worker.waitUntilReady()
      return worker
    }
    const asked = { accountId: randomUUID(), platform: 'Sample' }
    const inspect = (fileId: string = randomUUID()) => ({ call: 'inspect', fileId, ...asked }) as const

    it('wakes once, though told by the same process many times', async () => {
      await Promise.all([queue.wake(), queue.wake()])
      await queue.wake()
      expect(await waiting(FETCH_QUEUE)).toHaveLength(1)
      const another = newQueue()
      await another.wake()
      await another.close()
      expect(await waiting(FETCH_QUEUE)).toHaveLength(2)
    })

    it('wakes again once a worker is busy with the wake-up before', async () => {
      const beginnings = new EventEmitter()
      const { passed: busy, open: release } = gate()
      const connection = queueConnection(backend.settings, 'worker')
      const worker = new Worker(
        FETCH_QUEUE,
        async (job: Job) => {
          await takeWakeUp(job)
          beginnings.emit('begun')
          await busy
        },
        { connection, concurrency: 2 },
      )
      worker.on('error', () => undefined)
      workers.push(worker)
      for (let beginning = 1; beginning <= 2; beginning++) {
        const begun = once(beginnings, 'begun')
        await queue.wake()
        await begun
      }
      await queue.wake()
      await queue.wake()
      expect(await withQueue(FETCH_QUEUE, (each) => each.getWaitingCount())).toBe(1)
      const last = once(beginnings, 'begun')
      release()
      await last
    })

    it('waits for a call until it is done, and hands over what it is about', async () => {
      const done: unknown[] = []
      await work(async (job) => {
        await Promise.resolve()
        done.push(job.data)
      })
      const calls = [inspect(), { call: 'check-account', hostAccountId: randomUUID(), ...asked } as const]
      await queue.call(calls[0] ?? inspect(), 10_000)
      expect(done).toEqual([calls[0]])
      await queue.call(calls[1] ?? inspect(), 10_000)
      expect(done).toEqual(calls)
    })

    it('hears of a call that was done before the queue listened to what is done', async () => {
      const [listens, ends] = [gate(), gate()]
      cable.onRequest = (data) =>
        /xread|max\(id\)/i.test(data.toString('latin1')) ? listens.passed : undefined
      await queue.close()
      queue = newQueue()
      const asked = jest.spyOn(Job.prototype, 'getState')
      const worker = await work(() => ends.passed)
      const isDone = once(worker, 'completed')
      const call = queue.call(inspect(), 10_000)
      const outcome = expect(call).resolves.toBeUndefined()
      while (asked.mock.results.length === 0) await turn()
      expect(await asked.mock.results[0]?.value).not.toBe('completed')
      asked.mockRestore()
      ends.open()
      await isDone
      listens.open()
      await outcome
    })

    it('makes one job of the same call by many at once, all of whom get its answer', async () => {
      let runs = 0
      const { passed, open: release } = gate()
      await work(async () => {
        runs++
        await passed
      })
      const call = inspect()
      const add = jest.spyOn(Queue.prototype, 'add')
      const answers = Promise.all(Array.from({ length: 25 }, () => queue.call(call, 10_000)))
      expect(add).toHaveBeenCalledTimes(25)
      await Promise.all(add.mock.results.map(({ value }) => value as Promise<Job>))
      add.mockRestore()
      release()
      await answers
      expect(runs).toBe(1)
      await queue.call(call, 10_000)
      expect(runs).toBe(2)
    })

    it('makes a job of its own of what another account asks for too: it has its own turn', async () => {
      const taken: unknown[] = []
      await work((job) => {
        taken.push(job.data)
        return Promise.resolve()
      })
      const call = inspect()
      const anothers = { ...call, accountId: randomUUID() }
      await Promise.all([queue.call(call, 10_000), queue.call(anothers, 10_000)])
      expect(taken).toEqual(expect.arrayContaining([call, anothers]))
    })

    it('gives up a call that nobody takes: TIMEOUT', async () => {
      await expect(queue.call(inspect(), 200)).rejects.toMatchObject({ name: 'QueueError', kind: 'TIMEOUT' })
    })

    it('tells of a call that failed why it did', async () => {
      await work(() => Promise.reject(new Error('sealed with another key')))
      const failure = { kind: 'FAILED', message: 'inspect failed: sealed with another key' }
      await expect(queue.call(inspect(), 10_000)).rejects.toMatchObject(failure)
    })

    it('tells of a call that failed why it did, also where the event of it is lost', async () => {
      await work(() => Promise.reject(new Error('sealed with another key')))
      const listens = jest.spyOn(QueueEvents.prototype, 'on').mockReturnThis()
      const failure = { kind: 'FAILED', message: 'inspect failed: sealed with another key' }
      await expect(queue.call(inspect(), 10_000)).rejects.toMatchObject(failure)
      listens.mockRestore()
    })

    it('fails within five seconds while the backend is away: UNAVAILABLE; and works when it is back', async () => {
      await queue.wake()
      await cable.pull()
      const began = performance.now()
      const outcomes = await Promise.allSettled([queue.wake(), queue.call(inspect(), 20_000)])
      expect(performance.now() - began).toBeLessThan(5_000)
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'UNAVAILABLE' } })
      }
      await cable.plug()
      await work(() => Promise.resolve())
      await recovered(() => queue.wake())
      await recovered(() => queue.call(inspect(), 5_000))
    })

    it('survives that its connections break in the midst of calls', async () => {
      await work(() => Promise.resolve())
      await queue.call(inspect(), 10_000)
      for (let cutAfter = 1; cutAfter <= 6; cutAfter++) {
        let requests = 0
        cable.onRequest = () => {
          if (++requests === cutAfter) cable.cut()
        }
        const outcome = await queue.call(inspect(), 1_000).catch((error: unknown) => error)
        if (outcome !== undefined) expect(outcome).toBeInstanceOf(QueueError)
      }
      cable.onRequest = undefined
      await recovered(() => queue.call(inspect(), 5_000))
    })

    it('ends a call in time though the backend goes away and stays away while it is waited for', async () => {
      const { passed: isTaken, open: taken } = gate()
      const ended = new AbortController()
      await work(async () => {
        taken()
        await once(ended.signal, 'abort')
      })
      const began = performance.now()
      const call = queue.call(inspect(), 1_500)
      const outcome = expect(call).rejects.toBeInstanceOf(QueueError)
      await Promise.race([isTaken, outcome])
      await cable.pull()
      await outcome
      expect(performance.now() - began).toBeLessThan(5_000)
      ended.abort()
    })

    it('closes every connection', async () => {
      await work(() => Promise.resolve())
      await queue.call(inspect(), 10_000)
      expect(cable.isIdle).toBe(false)
      await queue.close()
      while (!cable.isIdle) await cable.change()
    })

    it('closes within seconds while the backend is away, and is of no use after that', async () => {
      await queue.wake()
      await cable.pull()
      const began = performance.now()
      await queue.close()
      expect(performance.now() - began).toBeLessThan(7_000)
      await expect(queue.wake()).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    })

    /** The first success, within ten seconds. */
    async function recovered(attempt: () => Promise<void>): Promise<void> {
      const deadline = performance.now() + 10_000
      for (;;) {
        try {
          return await attempt()
        } catch (error) {
          if (!(error instanceof QueueError) || performance.now() > deadline) throw error
        }
      }
    }
  })
}

const describeRedis = redisAvailable() ? describe : describe.skip
describeRedis('the fetch queue (its Redis half needs redis-server on the PATH)', () => {
  describeQueue('over Redis', async () => {
    const redis: TestRedis = await startRedis()
    const settings = { redisUrl: redis.url, databaseUrl: 'postgres://127.0.0.1:1/none' }
    return { settings, stop: () => redis.stop() }
  })

  it('is seen to be in trouble while Redis answers and takes nothing', async () => {
    const redis = await startRedis()
    const { hostname, port } = new URL(redis.url)
    const limit = async (bytes: number) => {
      const socket = connect(Number(port), hostname)
      socket.write(`CONFIG SET maxmemory ${bytes}\r\n`)
      await once(socket, 'data')
      socket.destroy()
    }
    const queue = new FetchQueue(
      { redisUrl: redis.url, databaseUrl: 'postgres://127.0.0.1:1/none' },
      openLog('test', 'silent'),
    )
    try {
      await queue.ping()
      await limit(1)
      await expect(queue.wake()).rejects.toThrow('waking a worker failed: Redis is full')
      await expect(queue.ping()).rejects.toThrow(QueueError)
      await limit(0)
      await queue.ping()
    } finally {
      await queue.close()
      await redis.stop()
    }
  })
})

describe('the fetch queue', () => {
  describeQueue('over PostgreSQL', async () => {
    const postgres = await createTestDatabase()
    return { settings: { databaseUrl: postgres.url }, stop: () => postgres.drop() }
  })
})
