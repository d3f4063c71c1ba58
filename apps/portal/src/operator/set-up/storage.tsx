import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ErrorNotice } from '../../shared/error-notice.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { StoreFacts } from '../files/store-facts.js'
import { WriteTest } from '../files/write-test.js'
import { storeQuery } from '../queries.js'

/** Where the files will lie, how much there is room for, and a test that writes there. */
export function Storage() {
  const { data, error, refetch } = useQuery(storeQuery)
  return (
    <Stack gap="md">
      <Text size="sm">{m.admin_setup_storage_lead()}</Text>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Pending />}
      {data?.place === null && <Text size="sm">{m.admin_setup_storage_untold()}</Text>}
      {data && data.place !== null && <StoreFacts store={data} />}
      <WriteTest />
      <Text c="dimmed" size="xs">
        {m.admin_setup_storage_change()}
      </Text>
    </Stack>
  )
}
