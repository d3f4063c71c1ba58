import { Code, Text } from '@mantine/core'
import type { StoreView } from '@obb/contracts'
import { Facts } from '../../shared/facts.js'
import { Bytes, Time } from '../../shared/figures.js'
import { formatBytes } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { StateBadge } from '../parts.js'
import { STORE_COLORS, storeNext, storeTitle } from './store-state.js'

/** Where the files lie, whether it takes more, how much, and what to do where it does not. */
export function StoreFacts({ store }: { store: StoreView }) {
  const { state, place, reason, since, retryAt, room, lacking, stored, quota, testedAt } = store
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
          [m.admin_store_place(), place !== null && <Code key="place">{place}</Code>],
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
          [m.admin_store_lacking(), lacking !== null && <Bytes key="lacking" value={lacking} />],
          [m.admin_store_reason(), reason !== null && <span lang="en">{reason}</span>],
          [m.admin_since(), state !== 'ok' && since !== null && <Time at={since} key="since" />],
          [m.admin_store_retry(), retryAt !== null && <Time at={retryAt} key="retry" />],
          [m.admin_store_tested(), testedAt !== null && <Time at={testedAt} key="tested" />],
        ]}
      />
    </>
  )
}
