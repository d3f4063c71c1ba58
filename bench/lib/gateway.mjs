/* A gateway as a process of its own, and a connection to it that costs little of the cores they share. */
import { Buffer } from 'node:buffer'
import { fork } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url))

/** A gateway of one worker, and where it listens. */
export function startApi(database, env) {
  const child = fork(MAIN, {
    env: {
      ...process.env,
      API_PORT: '0',
      ADMIN_PORT: '0',
      API_WORKERS: '1',
      LOG_LEVEL: 'warn',
      ...env,
      DATABASE_URL: database,
    },
  })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ child, url: message.url }))
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)))
  })
}

/**
 * One keep-alive connection of a client. Node's own HTTP client costs as much as the gateway does, on the cores that
 * both share, and a download manager is not what is measured.
 */
export class Connection {
  constructor(url) {
    const { hostname, port } = new URL(url)
    this.host = `${hostname}:${port}`
    this.socket = connect(Number(port), hostname)
    this.socket.setNoDelay().setEncoding('latin1')
    this.text = ''
    this.socket.on('data', (text) => this.take(text))
    this.socket.on('error', (error) => this.fail?.(error))
    this.socket.on('close', () => this.fail?.(new Error('the gateway closed the connection')))
  }

  /** The answer to a request, head and body; anything but 200 is an error. */
  ask(method, path, key, body) {
    const text = body === undefined ? '' : JSON.stringify(body)
    const type = body === undefined ? '' : 'content-type: application/json\r\n'
    return new Promise((resolve, reject) => {
      this.done = resolve
      this.fail = reject
      this.socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: ${this.host}\r\nauthorization: Bearer ${key}\r\n` +
          `${type}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      )
    })
  }

  take(text) {
    this.text += text
    const head = this.text.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.text)?.[1])
    if (this.text.length < head + 4 + length) return
    const answer = this.text
    this.text = ''
    if (answer.startsWith('HTTP/1.1 200')) this.done(answer)
    else this.fail(new Error(answer))
  }

  close() {
    this.fail = undefined
    this.socket.destroy()
  }
}
