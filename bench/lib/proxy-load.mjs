/*
 * The clients of bench:proxy, in a process of their own: raw sockets that read into one buffer and throw the bytes
 * away, so that they cost as little as a client in Node can. Told what to do over IPC; answers with bytes, seconds
 * and its own CPU time, from which the benchmark sees whether the clients were the bottleneck.
 */
import { Buffer } from 'node:buffer'
import { connect } from 'node:net'

const sink = Buffer.allocUnsafe(1024 * 1024)
const stalled = []

/**
 * One client that asks for one range after the other; `next` gives [start, end) or undefined. A server that ends a
 * connection after an answer (nginx does after `keepalive_requests`) is asked over the next one.
 */
async function client(where, next) {
  let range = next()
  while (range !== undefined) range = await askWhileOpen(where, range, next)
}

/** The range that has to be asked over another connection, or undefined: there was nothing more to ask. */
function askWhileOpen({ port, paths }, first, next) {
  return new Promise((resolve, reject) => {
    let left = -1 // of the body under way; -1 in a head
    let head = ''
    let lastAnswer = false
    const socket = connect({
      host: '127.0.0.1',
      port,
      onread: {
        buffer: sink,
        callback: (count) => {
          took(count)
          return true
        },
      },
    })
    socket.setNoDelay(true)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed')))
    ask(first)

    function ask([start, end, file = 0]) {
      left = -1
      head = ''
      socket.write(
        `GET ${paths[file % paths.length]} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=${start}-${end - 1}\r\n\r\n`,
      )
    }

    function leave(range) {
      socket.removeAllListeners('close')
      socket.destroy()
      resolve(range)
    }

    function took(count) {
      if (left < 0) {
        head += sink.toString('latin1', 0, count)
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = /\r\ncontent-length: (\d+)/i.exec(head)
        if (!head.startsWith('HTTP/1.1 206') || length === null) {
          reject(new Error(head.slice(0, 200)))
          socket.destroy()
          return
        }
        lastAnswer = /\r\nconnection: close/i.test(head)
        left = Number(length[1]) - (head.length - end - 4)
      } else left -= count
      if (left < 0) reject(new Error('more bytes than announced'))
      if (left > 0) return
      const range = next()
      if (range === undefined || lastAnswer) leave(range)
      else ask(range)
    }
  })
}

async function timed(work) {
  const cpu = process.cpuUsage()
  const began = performance.now()
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { ...result, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 }
}

const tasks = {
  /** The whole file once, in equal ranges, one connection each. */
  async whole({ size, connections, ...where }) {
    const share = size / connections
    const once = (index) => {
      let asked = false
      return () => (asked ? undefined : ((asked = true), [index * share, (index + 1) * share]))
    }
    await Promise.all(Array.from({ length: connections }, (_, index) => client(where, once(index))))
    return { bytes: size, requests: connections }
  },

  /** Ranges of `length` bytes all over the file for so many seconds. */
  async small({ size, length, connections, seconds, ...where }) {
    const end = performance.now() + seconds * 1000
    let requests = 0
    const next = (index) => () => {
      if (performance.now() > end) return undefined
      const start = Math.floor(((requests * 0.618_034) % 1) * (size - length))
      requests += 1
      return [start, start + length, index]
    }
    await Promise.all(Array.from({ length: connections }, (_, index) => client(where, next(index))))
    return { bytes: requests * length, requests }
  },

  /** Asks for `length` bytes on each of many connections and reads none of them, until `release`. */
  async stall({ port, paths, count, length }) {
    for (let index = 0; index < count; index += 1) {
      const socket = connect({ host: '127.0.0.1', port })
      socket.pause()
      socket.on('error', () => undefined)
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.write(
        `GET ${paths[index % paths.length]} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=0-${length - 1}\r\n\r\n`,
      )
      stalled.push(socket)
    }
    return {}
  },

  /** Every one of them was being answered, or the number says nothing. */
  async release() {
    const heads = await Promise.all(
      stalled.splice(0).map(
        (socket) =>
          new Promise((resolve) => {
            socket.once('data', (bytes) => {
              socket.destroy()
              resolve(bytes.toString('latin1', 0, 12))
            })
            socket.once('close', () => resolve('closed'))
            socket.resume()
          }),
      ),
    )
    const other = heads.find((head) => head !== 'HTTP/1.1 206')
    if (other !== undefined) throw new Error(`a stalled client was answered ${other}`)
    return {}
  },
}

process.on('message', ({ task, ...options }) => {
  timed(() => tasks[task](options)).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
