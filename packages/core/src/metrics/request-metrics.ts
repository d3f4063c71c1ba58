import { REFUSALS, type Refusal } from '@obb/contracts'
import { httpRequests, httpSeconds, refusals } from './instruments.js'

/** The parts of Fastify's request and reply that are looked at. */
interface Answered {
  request: { routeOptions: { url?: string | undefined } }
  statusCode: number
  elapsedTime: number
}

const statusOf = new WeakMap<object, number>()

/** A request is refused; `response` is Node's. */
export function recordRefusal(response: object, { refusal }: Refusal): void {
  const { status } = REFUSALS[refusal]
  statusOf.set(response, status)
  refusals.inc({ cause: refusal, status })
}

/** Its answer has ended, whole or not. */
export function recordAnswer(response: object, { request, statusCode, elapsedTime }: Answered): void {
  const route = request.routeOptions.url ?? 'none'
  httpRequests.inc({ route, code: statusCode, status: statusOf.get(response) ?? 0 })
  httpSeconds.observe({ route }, elapsedTime / 1000)
}
