import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { Action, Section } from '../parts.js'
import { storeQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'
import { StoreFacts } from './store-facts.js'
import { Sweep } from './sweep.js'
import { WriteTest } from './write-test.js'

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
          <WriteTest />
          {data.state === 'wrong' && <Adopt />}
          <Sweep />
        </Stack>
      )}
    </Section>
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
