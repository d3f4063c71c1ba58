import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { failureAnswer, Refusal, success } from '@obb/contracts'

/** sun_path of unix(7) is 108 bytes with its end, elsewhere 104. */
const MAX_PATH = 100

/**
 * Control is where `./obb` tells a running stack what to do: HTTP on a socket that only the owner of OBB_HOME can open.
 */
export class Control {
  private constructor(private readonly server: Server) {}

  /**
   * `orders`: by method and path; the outcome is the answer, what is raised the reason. Undefined where the path is
   * too long for a socket.
   */
  static async open(
    path: string,
    orders: Readonly<Record<string, () => Promise<unknown>>>,
  ): Promise<Control | undefined> {
    if (Buffer.byteLength(path) > MAX_PATH) return undefined
    rmSync(path, { force: true })
    const server = createServer((request, response) => {
      const carryOut = Object.hasOwn(orders, `${request.method} ${request.url}`)
        ? orders[`${request.method} ${request.url}`]
        : undefined
      const done = carryOut?.() ?? Promise.reject(new Refusal('route_unknown'))
      const answered = done.then(
        (data) => ({ code: 200, body: success(data) }),
        (error: unknown) => failureAnswer(toRefusal(error)),
      )
      void answered.then(({ code, body }) => {
        response
          .writeHead(code, { 'content-type': 'application/json; charset=utf-8' })
          .end(JSON.stringify(body))
      })
    })
    server.listen(path)
    await once(server, 'listening')
    chmodSync(path, 0o600)
    return new Control(server)
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  return new Refusal('internal', {
    details: (error instanceof Error ? error.message : String(error)).split('\n'),
  })
}
