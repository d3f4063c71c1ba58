import { Button, Code, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { StoreView } from '@obb/contracts'
import { call } from '../../api/call.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { Bytes, Time } from '../../shared/figures.js'
import { formatBytes } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { STORE_COLORS, storeNext, storeTitle } from '../files/store-state.js'
import { StateBadge } from '../parts.js'
import { storeQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'
import styles from './set-up.module.css'

/** Where the files will lie, how much there is room for, and a test that writes there. */
export function Storage() {
  const { data, error, refetch } = useQuery(storeQuery)
  const test = useOperation(() => call('POST admin/store/test'))
  return (
    <Stack gap="md">
      <Text size="sm">{m.admin_setup_storage_lead()}</Text>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Pending />}
      {data && <StoreFacts store={data} />}
      {test.error && <ErrorNotice error={test.error} />}
      <Group gap="sm">
        <Button loading={test.isPending} onClick={() => test.mutate(undefined)} variant="light">
          {m.admin_store_test()}
        </Button>
        <Text aria-live="polite" size="sm">
          {test.data && (test.data.state === 'ok' ? m.admin_store_test_ok() : storeTitle(test.data.state))}
        </Text>
      </Group>
      <Text c="dimmed" size="xs">
        {m.admin_setup_storage_change()}
      </Text>
    </Stack>
  )
}

function StoreFacts({ store }: { store: StoreView }) {
  const { state, place, reason, room, stored, quota, testedAt } = store
  if (place === null) return <Text size="sm">{m.admin_setup_storage_untold()}</Text>
  const next = storeNext(state)
  return (
    <>
      <Facts
        facts={[
          [
            m.admin_state(),
            <StateBadge color={STORE_COLORS[state]} key="state">
              {storeTitle(state)}
            </StateBadge>,
          ],
          [
            m.admin_store_place(),
            <Code className={styles['value'] ?? ''} key="place">
              {place}
            </Code>,
          ],
          [
            m.admin_store_room(),
            room === null ? m.admin_store_room_untold() : <Bytes key="room" value={room} />,
          ],
          [
            m.admin_store_used(),
            quota === null
              ? m.admin_store_used_unlimited({ stored: formatBytes(stored) })
              : m.admin_store_used_of({ stored: formatBytes(stored), quota: formatBytes(quota) }),
          ],
          [m.admin_store_reason(), reason !== null && <span lang="en">{reason}</span>],
          [m.admin_store_tested(), testedAt !== null && <Time at={testedAt} key="tested" />],
        ]}
      />
      {next !== undefined && <Text size="sm">{next}</Text>}
    </>
  )
}
