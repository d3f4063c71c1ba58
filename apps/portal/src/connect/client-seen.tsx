import { Stack, Text, VisuallyHidden } from '@mantine/core'
import { useInterval } from '@mantine/hooks'
import { useState } from 'react'
import { usedBy } from '../profile/used-by.js'
import { formatRelative } from '../shared/format.js'
import { refusalSentences } from '../shared/refusals.js'
import { m } from '../shared/text.js'
import type { Passport } from './passport.js'

/** Somebody who waits longer is told what may be wrong, ms. */
const LONG_MS = 30_000

interface ClientSeenProps {
  name: string
  passport: Passport
  /** Its key was just made. */
  isAwaited: boolean
}

/** When a client was here last, as the seconds go by, and what it was refused for. */
export function ClientSeen({ isAwaited, ...props }: ClientSeenProps) {
  const { lastUsed, lastError } = props.passport
  return lastUsed === null && lastError === null && !isAwaited ? null : <Seen {...props} />
}

function Seen({ name, passport: { lastUsed, lastError } }: Omit<ClientSeenProps, 'isAwaited'>) {
  const [now, setNow] = useState(Date.now)
  const [since] = useState(Date.now)
  useInterval(() => setNow(Date.now()), 1_000, { autoInvoke: true })
  const isSeen = lastUsed !== null || lastError !== null
  return (
    <Stack gap={2}>
      {/* Told once: the seconds are for who looks. */}
      <VisuallyHidden aria-live="polite">{lastUsed ? m.client_seen({ name }) : ''}</VisuallyHidden>
      {lastUsed && (
        <>
          <Text size="sm">{m.client_seen_at({ name, time: ago(lastUsed.at, now) })}</Text>
          <Text c="dimmed" size="xs">
            {usedBy(lastUsed)}
          </Text>
        </>
      )}
      {lastError && (
        <Text c="var(--mantine-color-error)" size="sm">
          {m.client_refused({
            time: ago(lastError.at, now),
            number: lastError.status,
            text: refusalSentences(lastError),
          })}
        </Text>
      )}
      {!isSeen && <Text size="sm">{m.client_waiting()}</Text>}
      {!isSeen && now - since > LONG_MS && (
        <Text c="dimmed" size="xs">
          {m.client_waiting_long()}
        </Text>
      )}
    </Stack>
  )
}

/** Never in the future: the clock of the browser may be behind the server's. */
const ago = (at: string, now: number) => formatRelative(Math.min(Date.parse(at), now), now)
