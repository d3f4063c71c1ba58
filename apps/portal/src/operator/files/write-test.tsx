import { Button, Group, Text } from '@mantine/core'
import { call } from '../../api/call.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { m } from '../../shared/text.js'
import { useOperation } from '../use-operation.js'
import { storeTitle } from './store-state.js'

/** Has a fetcher write to the store and delete it again. */
export function WriteTest() {
  const test = useOperation(() => call('POST admin/store/test'))
  return (
    <>
      {test.error && <ErrorNotice error={test.error} />}
      <Group gap="sm">
        <Button loading={test.isPending} onClick={() => test.mutate(undefined)} size="xs" variant="default">
          {m.admin_store_test()}
        </Button>
        <Text aria-live="polite" size="sm">
          {test.data && (test.data.state === 'ok' ? m.admin_store_test_ok() : storeTitle(test.data.state))}
        </Text>
      </Group>
    </>
  )
}
