import { ApiFailure } from '../api/failure.js'
import type { ApiDocument, PreparedRequest } from './documented-calls.js'

const DOCUMENT = '/api/external/v1/openapi.json'
/** Longest time for an answer, ms: a check of many links asks their hosts. */
const TIMEOUT_MS = 60_000
/** More of an answer is not shown, characters. */
const MAX_SHOWN = 200_000

export interface TriedAnswer {
  /** HTTP. */
  status: number
  isSuccess: boolean
  /** As it came, JSON on lines of its own. */
  text: string
}

export async function readDocument(): Promise<ApiDocument> {
  const response = await answerTo(DOCUMENT, {})
  if (response.ok) return (await response.json()) as ApiDocument
  throw new ApiFailure(DOCUMENT, response.status, {
    success: false,
    status: 999,
    msg: `HTTP ${response.status}`,
  })
}

/** sendTried asks as a program with the key would: without the session of the browser. Whatever comes is an answer. */
export async function sendTried(
  { method, url, body }: PreparedRequest,
  apiKey: string,
): Promise<TriedAnswer> {
  const response = await answerTo(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(apiKey !== '' && { authorization: `Bearer ${apiKey}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  // A key can ask for failures with HTTP 200.
  return {
    status: response.status,
    isSuccess: response.ok && !/^{"success":false/.test(text),
    text: legible(text),
  }
}

async function answerTo(url: string, options: RequestInit): Promise<Response> {
  const given = { credentials: 'omit', signal: AbortSignal.timeout(TIMEOUT_MS), ...options } as const
  return fetch(url, given).catch(() => {
    throw new ApiFailure(url, 0, { success: false, status: 0, msg: '' })
  })
}

function legible(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, MAX_SHOWN)
  } catch {
    return text.slice(0, MAX_SHOWN)
  }
}
