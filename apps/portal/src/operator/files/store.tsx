import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { StoreView } from '@obb/contracts'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { Bytes, Time } from '../../shared/figures.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { Action, Section, StateBadge } from '../parts.js'
import { storeQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'
import { STORE_COLORS, storeNext, storeTitle } from './store-state.js'
import { Sweep } from './sweep.js'

/** Where the files lie: whether it takes more, and what lies there for nothing. */
export function Store() {
  const { data, error, refetch } = useQuery(storeQuery)
  return (
    <Section title={m.admin_store()}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Pending />}
      {data && (
        <Stack gap="md">
          <StoreFacts store={data} />
          {data.state === 'wrong' && <Adopt />}
          <Sweep />
        </Stack>
      )}
    </Section>
  )
}

function StoreFacts({ store: { state, reason, since, retryAt, room, lacking } }: { store: StoreView }) {
  const next = storeNext(state)
  return (
    <>
      {next !== undefined && <Text size="sm">{next}</Text>}
      <Facts
        facts={[
          [
            m.admin_state(),
            <StateBadge color={STORE_COLORS[state]} key="state">
              {storeTitle(state)}
            </StateBadge>,
          ],
          [
            m.admin_store_room(),
            room === null ? m.admin_store_room_untold() : <Bytes key="room" value={room} />,
          ],
          [m.admin_store_lacking(), lacking !== null && <Bytes key="lacking" value={lacking} />],
          [m.admin_store_reason(), reason !== null && <span lang="en">{reason}</span>],
          [m.admin_since(), state !== 'ok' && since !== null && <Time at={since} key="since" />],
          [m.admin_store_retry(), retryAt !== null && <Time at={retryAt} key="retry" />],
        ]}
      />
    </>
  )
}

function Adopt() {
  const adopt = useOperation(() => call('POST admin/store/adopt'), { done: () => m.admin_store_adopted() })
  return (
    <>
      {adopt.error && <ErrorNotice error={adopt.error} />}
      <Action text={m.admin_store_adopt_text()}>
        <ConfirmButton
          confirm={m.admin_store_adopt()}
          loading={adopt.isPending}
          onConfirm={() => adopt.mutate(undefined)}
          question={m.admin_store_adopt_question()}
          size="xs"
        >
          {m.admin_store_adopt()}
        </ConfirmButton>
      </Action>
    </>
  )
}
