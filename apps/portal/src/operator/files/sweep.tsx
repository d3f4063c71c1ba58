import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { SweepView } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { formatBytes, formatNumber } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { Action } from '../parts.js'
import { sweepQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'

/** Finds what lies in the store and no file needs: first counted, then removed. */
export function Sweep() {
  const [id, setId] = useState<string>()
  const begin = useOperation((dryRun: boolean) => call('POST admin/files/sweeps', { body: { dryRun } }), {
    onSuccess: (sweep) => setId(sweep.id),
  })
  const sweep = useQuery({ ...sweepQuery(id ?? ''), enabled: id !== undefined })
  const isRunning = begin.isPending || (id !== undefined && !sweep.data?.finishedAt && !sweep.error)
  const error = begin.error ?? sweep.error
  const counted =
    sweep.data?.finishedAt && sweep.data.dryRun && sweep.data.failure === null ? sweep.data : undefined
  return (
    <Stack gap="xs">
      <Action text={m.admin_sweep_text()}>
        <Group gap="xs">
          <Button loading={isRunning} onClick={() => begin.mutate(true)} size="xs" variant="default">
            {m.admin_sweep_count()}
          </Button>
          {counted !== undefined && counted.orphans > 0 && (
            <ConfirmButton
              confirm={m.admin_remove()}
              onConfirm={() => begin.mutate(false)}
              question={m.admin_sweep_question({
                count: counted.orphans,
                size: formatBytes(counted.orphanBytes),
              })}
              size="xs"
            >
              {m.admin_sweep_remove()}
            </ConfirmButton>
          )}
        </Group>
      </Action>
      {error && <ErrorNotice error={error} />}
      <Text role="status" size="sm">
        {sweep.data && outcome(sweep.data)}
      </Text>
    </Stack>
  )
}

function outcome({ finishedAt, dryRun, objects, orphans, orphanBytes, failure }: SweepView): string {
  const looked = formatNumber(objects)
  if (failure !== null) return m.admin_sweep_failed({ reason: failure })
  if (finishedAt === null) return m.admin_sweep_running({ objects: looked })
  if (orphans === 0) return m.admin_sweep_none({ objects: looked })
  const size = formatBytes(orphanBytes)
  return dryRun
    ? m.admin_sweep_found({ objects: looked, count: orphans, size })
    : m.admin_sweep_removed({ count: orphans, size })
}
