import { Drawer, Stack } from '@mantine/core'
import type { HostGroup } from '@obb/contracts'
import { Facts } from '../shared/facts.js'
import { formatBytes, formatNumber } from '../shared/format.js'
import { m } from '../shared/text.js'
import { HostHistory } from './host-history.js'
import { HostState } from './host-state.js'

/** All that is known of one host. */
export function HostDrawer({ host, onClose }: { host: HostGroup | undefined; onClose: () => void }) {
  return (
    <Drawer
      closeButtonProps={{ 'aria-label': m.close() }}
      onClose={onClose}
      opened={host !== undefined}
      position="right"
      size="lg"
      title={host?.platform}
    >
      {host && (
        <Stack gap="lg" key={host.platform}>
          <Facts
            facts={[
              [m.col_state(), <HostState host={host} key="state" />],
              [m.host_used(), formatBytes(host.traffic24h_used)],
              [m.host_left(), host.trafficleft !== null && formatBytes(host.trafficleft)],
              [m.host_connections(), formatNumber(host.maxChunks)],
              [m.host_resumes(), host.resumable ? m.yes() : m.no()],
              [m.host_domains(), host.domains.join(', ')],
            ]}
          />
          <HostHistory platform={host.platform} />
        </Stack>
      )}
    </Drawer>
  )
}
