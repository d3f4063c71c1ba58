import { Button, Group, Stack, Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { formatNumber } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { ImportRows } from './import-rows.js'
import { type Imported, type Phase, isToDo } from './use-import.js'

interface ImportPreviewProps {
  rows: readonly Imported[]
  phase: Phase
  onBack: () => void
  onClose: () => void
  onStart: () => void
  onStop: () => void
}

/** What each row of an import is, before it, while it goes on and afterwards. */
export function ImportPreview({ rows, phase, onBack, onClose, onStart, onStop }: ImportPreviewProps) {
  const isRunning = phase !== 'still'
  const status = useRef<HTMLParagraphElement>(null)
  // The button that was pressed is gone.
  useEffect(() => status.current?.focus(), [isRunning])
  const toDo = rows.filter(isToDo).length
  const isBegun = rows.some(({ outcome }) => outcome !== undefined)
  return (
    <Stack gap="md">
      <Text ref={status} role="status" size="sm" tabIndex={-1}>
        {statusText(rows, phase, isBegun)}
      </Text>
      <ImportRows rows={rows} />
      <Group gap="xs" justify="flex-end">
        {!isBegun && (
          <Button onClick={onBack} variant="default">
            {m.admin_import_back()}
          </Button>
        )}
        {isBegun && !isRunning && (
          <Button onClick={onClose} variant="default">
            {m.close()}
          </Button>
        )}
        {isRunning && (
          <Button disabled={phase === 'stopping'} onClick={onStop} variant="default">
            {m.admin_import_stop()}
          </Button>
        )}
        {!isRunning && toDo > 0 && (
          <Button onClick={onStart}>
            {isBegun ? m.admin_import_again() : m.admin_import_start({ count: toDo })}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function statusText(rows: readonly Imported[], phase: Phase, isBegun: boolean): string {
  if (phase === 'stopping') return m.admin_import_stopping()
  const ready = rows.filter(({ row }) => row.state === 'new')
  const asked = ready.findIndex(({ outcome }) => outcome === 'asked')
  const row = ready[asked]?.row
  if (row && phase === 'running') {
    return m.admin_import_asking({
      at: formatNumber(asked + 1),
      count: formatNumber(ready.length),
      account: `${row.host} ${row.label}`.trim(),
    })
  }
  const count = (is: (imported: Imported) => boolean) => formatNumber(rows.filter(is).length)
  const known = count(({ row: { state }, outcome }) => state === 'known' || outcome === 'known')
  const isWrong = ({ row: { state } }: Imported) => state === 'unknown_host' || state === 'incomplete'
  if (!isBegun)
    return m.admin_import_found({ ready: formatNumber(ready.length), known, wrong: count(isWrong) })
  return m.admin_import_done({
    added: count(({ outcome }) => outcome === 'added'),
    known,
    failed: count((each) => isWrong(each) || typeof each.outcome === 'object'),
  })
}
