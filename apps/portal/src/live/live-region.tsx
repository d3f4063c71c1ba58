import { VisuallyHidden } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { m } from '../shared/text.js'
import { openLive } from './live.js'

/** Keeps lists up to date while it is there, and tells screen readers what has come to an end. */
export function Live() {
  const client = useQueryClient()
  const [said, say] = useState('')
  useEffect(
    () =>
      openLive(client, {
        onEnd: ({ filename, state }) =>
          say(state === 'done' ? m.live_done({ name: filename }) : m.live_failed({ name: filename })),
      }),
    [client],
  )
  return (
    <VisuallyHidden aria-live="polite" role="status">
      {said}
    </VisuallyHidden>
  )
}
