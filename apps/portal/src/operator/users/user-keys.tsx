import { Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { EmptyState } from '../../shared/empty-state.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Bytes, Time } from '../../shared/figures.js'
import { formatNumber } from '../../shared/format.js'
import { KeyIcon } from '../../shared/icons.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { userUsageQuery } from '../queries.js'

/** What each key of a user used in 30 days. */
export function UserKeys({ email }: { email: string }) {
  const { data, error, refetch } = useQuery(userUsageQuery(email))
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <Pending />
  if (data.keys.length === 0) {
    return (
      <EmptyState icon={<KeyIcon size={32} />} title={m.admin_keys_none()}>
        {m.admin_keys_none_next()}
      </EmptyState>
    )
  }
  return (
    <Stack gap="sm">
      {data.keys.map(({ keyId, key, bytes, links, chargedAt }) => (
        <div key={keyId ?? ''}>
          <Group gap="sm" justify="space-between">
            <Text fw={500} size="sm">
              {key ?? keyId ?? m.admin_key_none()}
            </Text>
            <Text size="sm">
              <Bytes value={bytes} />
            </Text>
          </Group>
          <Text c="dimmed" size="xs">
            {m.admin_key_links({ count: formatNumber(links) })} · <Time at={chargedAt} />
          </Text>
        </div>
      ))}
    </Stack>
  )
}
