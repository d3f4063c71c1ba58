import { ActionIcon, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import { errorTitle } from '../shared/error-notice.js'
import { formatNumber } from '../shared/format.js'
import { CloseIcon } from '../shared/icons.js'
import { m } from '../shared/text.js'
import { useIsPhone } from '../shared/use-is-phone.js'
import { SomeFailed, hold, latestOpen, letGo, takeBack, usePostponed } from './postponed.js'
import styles from './undo.module.css'

/** What is written in takes its own words back by the same keys. */
const WRITTEN_IN = 'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])'

/** What is about to be done, and may be taken back; below the page, as long as there is something. */
export function UndoBar() {
  const postponed = usePostponed()
  const isPhone = useIsPhone()
  const latest = latestOpen(postponed)?.id
  useUndoKeys(latest)
  return (
    <div aria-live="polite" className={styles['bar']} role="status">
      <Stack gap="xs">
        {postponed.map(({ id, text, running, failure }) => (
          <Paper
            key={id}
            onBlur={() => letGo(id)}
            onFocus={() => hold(id)}
            onMouseEnter={() => hold(id)}
            onMouseLeave={() => letGo(id)}
            p="sm"
            shadow="md"
            withBorder
          >
            <Group gap="sm" justify="space-between" wrap="nowrap">
              <Text size="sm">{failure === undefined ? text : failureText(failure)}</Text>
              {failure === undefined && running === undefined && (
                <Button
                  onClick={() => takeBack(id)}
                  size="compact-sm"
                  variant="default"
                  {...(id === latest && { 'aria-keyshortcuts': 'Control+Z Meta+Z' })}
                >
                  {id === latest && !isPhone ? m.undo_shortcut() : m.undo()}
                </Button>
              )}
              {failure !== undefined && (
                <ActionIcon aria-label={m.close()} color="gray" onClick={() => takeBack(id)} variant="subtle">
                  <CloseIcon size={16} />
                </ActionIcon>
              )}
            </Group>
          </Paper>
        ))}
      </Stack>
    </div>
  )
}

function failureText(failure: unknown): string {
  if (!(failure instanceof SomeFailed)) return m.undo_failed({ why: errorTitle(failure) })
  const { failed, count, cause } = failure
  return m.undo_failed_some({
    failed: formatNumber(failed),
    count: formatNumber(count),
    why: errorTitle(cause),
  })
}

/** Ctrl-Z takes the newest back from anywhere but a field, which has its own. */
function useUndoKeys(latest: number | undefined): void {
  useEffect(() => {
    if (latest === undefined) return
    const onKeyDown = (event: KeyboardEvent) => {
      const isUndo = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)
      if (!isUndo || event.shiftKey || event.altKey) return
      if (event.target instanceof Element && event.target.matches(WRITTEN_IN)) return
      event.preventDefault()
      takeBack(latest)
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [latest])
}
