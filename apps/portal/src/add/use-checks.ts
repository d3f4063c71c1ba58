import type { CheckedUrl } from '@obb/contracts'
import { useCallback, useEffect, useRef, useState } from 'react'
import { call } from '../api/call.js'
import { ApiFailure } from '../api/failure.js'

/** Links of one question: their hosts answer many nearly as fast as one. */
const TOGETHER = 25
/** Questions at once. */
const AT_ONCE = 4
/** After the last change of the text, ms. */
const SETTLE_MS = 350
/** Before the next try where the server does not say, s. */
const RETRY_S = 10

export type Check = CheckedUrl | 'asked' | undefined

/**
 * useChecks asks about each link once and tells what is known of it by now. `failure`: why the last question got no
 * answer; it is asked again by itself where that may help.
 */
export function useChecks(links: readonly string[]): { checkOf: (link: string) => Check; failure: unknown } {
  const known = useRef(new Map<string, CheckedUrl>())
  const asked = useRef(new Set<string>())
  const [round, setRound] = useState(0)
  const [attempt, setAttempt] = useState(0)
  const [failure, setFailure] = useState<unknown>()
  const key = links.join('\n')

  useEffect(() => {
    const wanted = key === '' ? [] : key.split('\n')
    let retry: ReturnType<typeof setTimeout> | undefined
    const ask = async (urls: string[]) => {
      try {
        const { results } = await call('POST check', { body: { urls } })
        for (const result of results) known.current.set(result.url, result)
        setFailure(undefined)
      } catch (error) {
        setFailure(error)
        if (error instanceof ApiFailure && error.isPassing) {
          retry = setTimeout(() => setAttempt((n) => n + 1), (error.retryInSeconds ?? RETRY_S) * 1000)
        }
      } finally {
        for (const url of urls) asked.current.delete(url)
        setRound((n) => n + 1)
      }
    }
    const settle = setTimeout(() => {
      const news = wanted.filter((url) => !known.current.has(url) && !asked.current.has(url))
      for (const url of news) asked.current.add(url)
      setRound((n) => n + 1)
      const questions: string[][] = []
      for (let at = 0; at < news.length; at += TOGETHER) questions.push(news.slice(at, at + TOGETHER))
      const work = async () => {
        for (let next = questions.shift(); next !== undefined; next = questions.shift()) await ask(next)
      }
      for (let n = 0; n < AT_ONCE; n++) void work()
    }, SETTLE_MS)
    return () => {
      clearTimeout(settle)
      clearTimeout(retry)
    }
  }, [key, attempt])

  const checkOf = useCallback(
    (link: string) => known.current.get(link) ?? (asked.current.has(link) ? 'asked' : undefined),
    [round], // another one when it has others to tell
  )
  return { checkOf, failure }
}
