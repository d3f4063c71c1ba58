import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProxyConfig } from '@obb/core/config'
import type { Log } from './ports.js'

/** ms before a worker that ended by itself is replaced, so that one that cannot start does not spin. */
const REPLACE_AFTER = 1_000

export interface RunningWorkers {
  /** Where they listen, without a path. */
  url: string
  /** Every worker drains; resolves when all have ended. */
  close(): Promise<void>
}

/**
 * `PROXY_WORKERS` processes behind one port, which know nothing of each other: whatever they share is in the
 * database and the store. Fails if one of them does not start; later on one that ends is replaced.
 */
export async function startWorkers(config: ProxyConfig, log: Log): Promise<RunningWorkers> {
  let isClosing = false
  const workers = new Set<Worker>()

  const launch = (): Promise<string> => {
    const worker = cluster.fork()
    workers.add(worker)
    const ended = once(worker, 'exit').then(([code, signal]) => {
      workers.delete(worker)
      return new Error(`a worker ended with ${String(signal ?? code)}`)
    })
    const ready = once(worker, 'message').then(([message]) => (message as { url: string }).url)
    void ready.then(
      () => ended.then(replace),
      () => undefined,
    )
    return Promise.race([ready, ended.then((error) => Promise.reject(error))])
  }

  const replace = async (ended: Error): Promise<void> => {
    if (isClosing) return
    log.error({ reason: ended.message }, 'a worker is replaced')
    await delay(REPLACE_AFTER)
    if (!isClosing) await launch().catch(replace)
  }

  const close = async (): Promise<void> => {
    isClosing = true
    await Promise.all(
      [...workers].map(async (worker) => {
        const ended = once(worker, 'exit')
        worker.process.kill('SIGTERM')
        await ended
      }),
    )
  }

  try {
    const [url = ''] = await Promise.all(Array.from({ length: config.PROXY_WORKERS }, launch))
    return { url, close }
  } catch (error) {
    await close()
    throw error
  }
}
